"""The command line: one verb each, help with examples, and how errors and signals end the tool."""

import argparse
import json
import os
import shutil
import signal
import sys

from . import packages
from .errors import ToolError
from .machine import parse_memory
from .pump import Interrupted
from .tree import DEFAULT_ISA, ISAS, TOP

ABOUT = "Builds, boots and tests Isthmus, a capability microkernel that runs Linux programs."
EXAMPLES = {
    "": """\
examples:
  ./isthmus run                                    a shell in this terminal
  ./isthmus run -- /bin/busybox ls -l /            one program of this machine, as if it ran here
  ./isthmus test                                   every test, on every ISA
  ./isthmus VERB --help                            more examples for a verb""",
    "run": """\
Without PROGRAM: a shell in this terminal; Ctrl-] then q leaves whatever happens.
With PROGRAM: standard input, output and error and the exit status are the program's; 125 is the tool's own failure,
126 a program that cannot run, 127 one that is not there, 128+N a death by signal N. The program sees its own file,
the folders given with --share, and a busybox.

examples:
  ./isthmus run
  ./isthmus run -- /bin/busybox sh -c 'echo $((6*7)); exit 7'
  printf 'b\\na\\n' | ./isthmus run -- /bin/busybox sort
  ./isthmus run --share ~/data -- ./wordcount ~/data/book.txt
  ./isthmus run --arch riscv64 --memory 1G --verbose -- ./hello""",
    "test": """\
NAME is a test as --list shows it, the start of its path, or a pattern; without one, all of them.
The last line is `N passed, N failed`; the status is 1 if one failed or none ran.

examples:
  ./isthmus test
  ./isthmus test system/ipc --arch riscv64
  ./isthmus test unit '*fdt*'
  ./isthmus test --long --json > results.json""",
    "bench": """\
Counts the instructions of the kernel's paths, under QEMU with -icount shift=0; the counts repeat to the digit.

examples:
  ./isthmus bench
  ./isthmus bench --arch riscv64 --json""",
    "prove": """\
Without OPERATION: checks the specification's theorems with Coq, compares the running kernel with the specification on both
ISAs, then proves every operation that there is a proof of, in the riscv64 binary that boots. docs/caveats.md and
proof/ASSUMPTIONS.md say what that covers.

examples:
  ./isthmus prove
  ./isthmus prove fast_call
  ./isthmus prove --json > proof.json""",
    "debug": """\
Boots a debug kernel, stops before its first instruction, and prints the gdb command that attaches.
CASE is a system test such as tests/system/ipc; without it, as in `run`.

examples:
  ./isthmus debug tests/system/ipc
  ./isthmus debug --arch riscv64 -- ./hello""",
    "build": """\
examples:
  ./isthmus build
  ./isthmus build --arch riscv64 --release""",
    "clean": """\
examples:
  ./isthmus clean""",
}


def parser():
    """The whole command line."""
    top = argparse.ArgumentParser(prog="isthmus", description=ABOUT, epilog=EXAMPLES[""],
                                  formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = top.add_subparsers(dest="verb", metavar="VERB", required=True)
    run = _verb(verbs, "run", "boot to a shell, or run one program of this machine")
    test = _verb(verbs, "test", "run the tests")
    bench = _verb(verbs, "bench", "count the instructions of the kernel's paths")
    bench.add_argument("--arch", choices=sorted(ISAS), help="the machine's ISA (default: every ISA)")
    bench.add_argument("--json", action="store_true", help="print a list of objects; progress goes to standard error")
    prove = _verb(verbs, "prove", "check the specification and prove the binary, as far as that goes")
    prove.add_argument("operations", nargs="*", metavar="OPERATION", help="only the proof of these")
    prove.add_argument("--json", action="store_true", help="print the table as a list of objects; progress goes to standard error")
    debug = _verb(verbs, "debug", "boot and wait for gdb")
    build = _verb(verbs, "build", "build the kernel and every program")
    _verb(verbs, "clean", "remove everything that was built")
    for verb in (run, debug, build, test):
        default = "every ISA" if verb is test else DEFAULT_ISA
        verb.add_argument("--arch", choices=sorted(ISAS), help=f"the machine's ISA (default: {default})")
        kinds = verb.add_mutually_exclusive_group()
        usual = "release" if verb is run else "debug"
        for variant, words in (("release", "a kernel without checks"), ("debug", "a kernel that checks its invariants")):
            kinds.add_argument("--" + variant, dest="variant", action="store_const", const=variant,
                               help=words + (" (default)" if variant == usual else ""))
    for verb in (run, debug):
        _machine_options(verb)
    debug.add_argument("case", nargs="?", metavar="CASE", help="a system test, such as tests/system/ipc")
    debug.add_argument("--port", type=int, default=1234, help="where gdb attaches (default: 1234)")
    test.add_argument("names", nargs="*", metavar="NAME", help="which tests")
    test.add_argument("--long", action="store_true", help="also those that take minutes")
    test.add_argument("--json", action="store_true", help="print results as JSON; progress goes to standard error")
    test.add_argument("--list", action="store_true", help="print the tests' names and end")
    test.add_argument("--jobs", type=int, default=2, metavar="N", help="how many at a time (default: 2)")
    return top


def _verb(verbs, name, what):
    return verbs.add_parser(name, help=what, description=what[0].upper() + what[1:] + ".", epilog=EXAMPLES[name],
                            formatter_class=argparse.RawDescriptionHelpFormatter)


def _machine_options(verb):
    verb.add_argument("--share", action="append", default=[], metavar="DIR",
                      help="put this folder's files into the machine, at the same path (may be repeated)")
    verb.add_argument("--memory", default="512M", metavar="SIZE", help="the machine's memory (default: 512M)")
    verb.add_argument("--cpus", type=int, default=1, metavar="N", help="the machine's processors (default: 1)")
    verb.add_argument("--trace", metavar="FILE", help="ask the kernel for a trace of its events, and write the log to FILE")
    verb.add_argument("--tty", action="store_true", help="give PROGRAM this terminal, as an editor needs it")
    verb.add_argument("--timeout", type=float, metavar="SECONDS", help="stop the machine after so long (default: never)")
    verb.add_argument("--verbose", action="store_true", help="show the system's log on standard error")


def parse(arguments):
    """Options from the command line; what follows `--` is `program`, untouched."""
    at = arguments.index("--") if "--" in arguments else len(arguments)
    program = arguments[at + 1:]
    options = parser().parse_args(arguments[:at])
    options.program = program
    if at < len(arguments) and options.verb not in ("run", "debug"):
        raise ToolError(f"`{options.verb}` takes no program after --", "only `run` and `debug` do")
    if at < len(arguments) and not program:
        raise ToolError("nothing follows --", "PROGRAM and its arguments", "./isthmus run -- /bin/busybox ls")
    if options.verb in ("run", "debug"):
        _check_machine(options)
    return options


def _check_machine(options):
    options.memory = parse_memory(options.memory)
    if not 1 <= options.cpus <= 64:
        raise ToolError(f"--cpus is {options.cpus}", "a number from 1 to 64")
    if options.tty and not options.program:
        raise ToolError("--tty without a program", "-- PROGRAM ARGS", "leave --tty out: the shell has this terminal anyhow")
    if getattr(options, "case", None):
        if options.program:
            raise ToolError("both a system test and a program", "one of them")
        options.case = os.path.normpath(options.case)
        if not os.path.isdir(os.path.join(TOP, options.case)):
            raise ToolError(f"there is no system test {options.case}", "a directory such as tests/system/ipc",
                            "./isthmus test --list")


def main(arguments):
    """Runs one verb and returns the exit status."""
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(signum) != signal.SIG_IGN:      # nohup, or a shell's background job
            signal.signal(signum, _interrupt)
    try:
        return _dispatch(parse(arguments))
    except ToolError as error:
        print(error, file=sys.stderr)
        return error.status
    except BrokenPipeError:
        _die_of(signal.SIGPIPE)
    except Interrupted as interrupted:
        _die_of(interrupted.signum)
    return 1


def _interrupt(signum, _):
    raise Interrupted(signum)


def _die_of(signum):
    """Ends the tool as the signal would have ended any other program."""
    signal.signal(signum, signal.SIG_DFL)
    os.kill(os.getpid(), signum)


def _dispatch(options):
    if options.verb == "test":
        return _test(options)
    if options.verb == "bench":
        from .bench import bench
        return bench(options, [ISAS[options.arch]] if options.arch else [ISAS[name] for name in sorted(ISAS)])
    if options.verb == "prove":
        from .prove import prove
        return prove(options)
    if options.verb == "clean":
        shutil.rmtree(os.path.join(TOP, "build"), ignore_errors=True)
        return 0
    isa = ISAS[options.arch or DEFAULT_ISA]
    if options.verb == "build":
        from .build import build
        packages.ensure("build", "build-" + isa.name)
        build(isa, options.variant or "debug", show=True)
        return 0
    from . import run
    return run.run(options, isa) if options.verb == "run" else run.debug(options, isa)


def _test(options):
    from .testing import Runner
    runner = Runner([ISAS[options.arch]] if options.arch else list(ISAS.values()), options)
    if options.list:
        for test in runner.chosen():
            print(test.label())
        return 0
    packages.ensure("build", "test", *(p + isa.name for isa in runner.isas for p in ("build-", "qemu-", "root-")))
    results = runner.run()
    if options.json:
        print(json.dumps([r.as_dict() for r in results], indent=1))
    return runner.summary()
