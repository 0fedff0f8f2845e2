"""System tests: each directory below tests/system/ is a program that boots as the root task, on every ISA.

It reports on channel `r` of the serial line, and ends with the line `done`.
"""

import glob
import os
import time

from . import test_headers
from .bundle import for_test
from .machine import Machine
from .pump import Pump
from .tree import TOP, build_dir, kernel_of
from .wire import Lines

running = set()         # machines, so that an interrupt can end them


class SystemTest:
    """One case on one ISA."""

    def __init__(self, case, isa, headers):
        self.case, self.isa, self.headers = case, isa, headers
        self.name = case.removeprefix("tests/")
        self.arch = isa.name
        self.long = "long" in headers
        self.needs_build = (isa, "all" if "bundle" in headers else "system")

    def label(self):
        """As --list prints it."""
        return f"{self.name} ({self.arch})" + (" long" if self.long else "")

    def run(self, report):
        """Boots it and reads what it reports."""
        if not os.path.exists(os.path.join(build_dir(self.isa, "debug"), self.case + ".elf")):
            report.fail(f"{self.case} has no sources for this ISA")
            return
        memory, cpus = self.headers.get("memory", ["512M"])[0], self.headers.get("cpus", ["1"])[0]
        with for_test(self.isa, "debug", self.case, self.headers.get("bundle", [])) as image, \
                Machine(self.isa, kernel_of(self.isa, "debug"), image, memory, cpus,
                        " ".join(self.headers.get("options", []))) as machine:
            running.add(machine)
            try:
                self._watch(machine, report)
            finally:
                running.discard(machine)

    def _watch(self, machine, report):
        pump, lines = Pump(machine), Lines()
        limit = test_headers.limit_of(self.headers)

        def reported(data):
            for line in lines.feed(data):
                if line == "done":
                    pump.finish("done")
                    return
                if line and not report.line(line):
                    pump.keep_log(f"[test] {line}\n".encode())
        pump.on["r"] = reported
        pump.loop(time.monotonic() + limit)
        if not pump.finished:
            why = f"not done after {limit:g} s" if pump.late else f"stopped before it was done: {machine.epitaph()}"
            report.fail("\n  | ".join([why + "; the log ends:", *(pump.log_tail() or ["(nothing)"])]))


def find(isas):
    """Every case on every ISA."""
    cases = sorted(os.path.relpath(d, TOP).rstrip("/") for d in glob.glob(os.path.join(TOP, "tests/system/*/")))
    found = []
    for case in cases:
        sources = sorted(glob.glob(os.path.join(TOP, case, "*.[cS]")))
        if sources:
            headers = test_headers.read(sources)
            found += [SystemTest(case, isa, headers) for isa in isas]
    return found


def stop_all():
    """Ends every machine that a test has running."""
    for machine in list(running):
        machine.process.kill()
