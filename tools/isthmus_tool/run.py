"""The verbs that boot a machine for a person: `run` and `debug`."""

import contextlib
import glob
import os
import shlex
import sys
import time

from . import bundle, packages, test_headers
from .build import build
from .errors import TOOL_FAILED, ToolError
from .machine import Machine
from .progress import waiting
from .pump import Pump
from .session import Program, Terminal, verbose_log
from .tree import TOP, build_dir, kernel_of


def run(options, isa):
    """`run [-- PROGRAM ARGS]`: the exit status is the program's."""
    check_host(isa)
    variant = options.variant or ("debug" if options.trace else "release") # only a debug kernel traces
    build(isa, variant, "linux")
    with make_bundle(options, isa, variant) as image:
        return boot(options, isa, variant, image)


def debug(options, isa):
    """`debug [CASE | -- PROGRAM ARGS]`: as `run`, but the machine waits for gdb before its first instruction."""
    check_host(isa)
    variant = options.variant or "debug"
    build(isa, variant, "all" if options.case else "linux")
    gdb = "gdb" if isa.name == os.uname().machine else "gdb-multiarch"
    binary = os.path.relpath(kernel_of(isa, variant))
    print(f"isthmus: {isa.name} waits at its first instruction. In another terminal:\n"
          f"    {gdb} -ex 'target remote localhost:{options.port}' {shlex.quote(binary)}\n"
          "  `add-symbol-file` brings a user program's names; its ELF files are below "
          f"{os.path.relpath(build_dir(isa, variant))}/.", file=sys.stderr, flush=True)
    with make_bundle(options, isa, variant) as image:
        return boot(options, isa, variant, image, gdb_port=options.port)


def check_host(isa):
    """Installs what building and booting need."""
    packages.ensure("build", "build-" + isa.name, "qemu-" + isa.name, "root-" + isa.name)


def make_bundle(options, isa, variant):
    """The bundle that the command line asks for."""
    with waiting("packing files for the machine"):
        if getattr(options, "case", None):
            headers = test_headers.read(sorted(glob.glob(os.path.join(TOP, options.case, "*.[cS]"))))
            return bundle.for_test(isa, variant, options.case, headers.get("bundle", []))
        if options.program:
            mode = "terminal" if options.tty else "program"
            return bundle.for_program(isa, variant, options.program, options.share, mode)
        return bundle.for_shell(isa, variant, options.share)


def boot(options, isa, variant, image, gdb_port=None):
    """Boots, passes everything through, and says why if there is no exit status to pass on."""
    terminal = options.tty or not options.program
    kernel_options = "trace" if options.trace else ""
    deadline = time.monotonic() + options.timeout if options.timeout else None
    with contextlib.ExitStack() as cleanup:
        trace = cleanup.enter_context(open(options.trace, "wb")) if options.trace else None
        machine = cleanup.enter_context(Machine(isa, kernel_of(isa, variant), image, options.memory, options.cpus, kernel_options,
                                                gdb_port))
        pump = Pump(machine)
        if trace:
            pump.log_copies.append(trace.write)
        if options.verbose:
            print("isthmus: " + shlex.join(machine.command), file=sys.stderr, flush=True)
            pump.log_copies.append(verbose_log)
        if terminal:
            cleanup.enter_context(Terminal(pump))
        else:
            Program(pump)
        pump.loop(deadline)
        if pump.finished:
            return pump.result
        what = shlex.join(options.program) if options.program else "the shell"
        if pump.late:
            why = f"time is up: {what} did not end within {options.timeout:g} s"
        else:
            why = f"the machine stopped before {what} ended: {machine.epitaph()}"
        tail = pump.log_tail()
    # Outside the block above, so that the terminal is itself again.
    print("isthmus: the last lines of the system's log:", *("  | " + line for line in tail or ["(nothing)"]), sep="\n",
          file=sys.stderr)
    advice = "--debug boots a kernel that checks its invariants; --verbose shows the whole log as it comes"
    raise ToolError(why, "a message on the serial line that the program ended", advice, TOOL_FAILED)
