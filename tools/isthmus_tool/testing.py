"""The test runner: what tests there are, running two at a time, and saying how it went.

A *test* is what --list shows: a program or a boot. It reports any number of *results*, one line each, in one protocol wherever it
runs: `ok NAME` or `not ok NAME: why`. A test that reports nothing, or ends otherwise than it should, has failed, by its own name.
"""

import concurrent.futures
import fnmatch
import os
import sys
import threading
import time
from dataclasses import dataclass, field

from . import test_host, test_system
from .build import BuildError, build
from .errors import ToolError
from .progress import waiting


@dataclass
class Result:
    """One line of a report."""

    name: str
    arch: str
    ok: bool
    seconds: float
    detail: str = ""

    def as_dict(self):
        """As --json prints it."""
        return {"name": self.name, "arch": self.arch, "status": "ok" if self.ok else "failed",
                "seconds": round(self.seconds, 3), "detail": self.detail}


@dataclass
class Report:
    """Takes a test's lines and makes results of them."""

    test: str
    arch: str
    results: list = field(default_factory=list)
    last: float = field(default_factory=time.monotonic)

    def line(self, text):
        """Reads one line of the protocol; returns False for what is none. Indented lines after a failure belong to it."""
        if text.startswith("ok "):
            self.add(text[3:].strip(), True)
        elif text.startswith("not ok "):
            name, _, why = text[7:].partition(": ")
            self.add(name.strip(), False, why.strip() or "no reason given")
        elif text.startswith("  ") and self.results and not self.results[-1].ok:
            self.results[-1].detail += "\n" + text
        else:
            return False
        return True

    def add(self, name, ok, detail=""):
        """One result; the seconds are those since the one before."""
        now = time.monotonic()
        self.results.append(Result(f"{self.test}: {name}", self.arch, ok, now - self.last, detail))
        self.last = now

    def fail(self, why):
        """The test as a whole went wrong."""
        now = time.monotonic()
        self.results.append(Result(self.test, self.arch, False, now - self.last, why))


class Runner:
    """Finds, chooses, builds, runs, prints."""

    def __init__(self, isas, options):
        self.isas, self.options = isas, options
        self.out = sys.stderr if options.json else sys.stdout
        self.results = []
        self.lock = threading.Lock()

    def chosen(self):
        """The tests that the command line names, without the long ones unless asked for."""
        tests = test_host.find(self.isas) + test_system.find(self.isas)
        names = self.options.names
        for name in names:
            if not any(_matches(test.name, name) for test in tests):
                raise ToolError(f"no test is called '{name}'", "a test's name, the start of its path, or a pattern",
                                "./isthmus test --list")
        named = [t for t in tests if not names or any(_matches(t.name, name) for name in names)]
        self.left_out = [t for t in named if t.long and not self.options.long]
        return [t for t in named if t not in self.left_out]

    def run(self):
        """All of it; returns the results."""
        tests = self.chosen()
        wanted = {t.needs_build for t in tests if t.needs_build}
        if not self.options.names:
            wanted |= {(isa, "all") for isa in self.isas}
        unbuilt = self._build(wanted)
        with concurrent.futures.ThreadPoolExecutor(max(1, self.options.jobs)) as pool:
            try:
                for _ in pool.map(self._one, [t for t in tests if t.needs_build not in unbuilt]):
                    pass
            except BaseException:       # an interrupt: what has not begun shall not
                pool.shutdown(wait=False, cancel_futures=True)
                test_system.stop_all()
                test_host.stop_all()
                raise
        skipped = sum(t.needs_build in unbuilt for t in tests)
        if skipped:
            self._say(f"({skipped} tests not run, because what they test was not built)")
        return self.results

    def _build(self, wanted):
        """Builds each (ISA, goal); a failure is a result. Returns those that were not built."""
        unbuilt = set()
        for isa, goal in sorted(wanted, key=lambda w: (w[1] == "all", w[0].name)):
            report = Report(f"build/{goal}", isa.name)
            try:
                build(isa, "debug", goal)
                report.add("make", True)
            except BuildError as error:
                report.fail(error.log.rstrip())
                unbuilt.add((isa, goal))
            self._print(report)
        return unbuilt

    def _one(self, test):
        report = Report(test.name, test.arch)
        if self.options.jobs == 1:
            with waiting(test.label()):
                test.run(report)
        else:
            test.run(report)
        if not report.results:
            report.fail("it reported nothing")
        self._print(report)

    def _print(self, report):
        with self.lock:
            self.results += report.results
            bad = [r for r in report.results if not r.ok]
            seconds = sum(r.seconds for r in report.results)
            arch = f" ({report.arch})" if report.arch else ""
            count = f"{len(bad)} of {len(report.results)} failed" if bad else f"{len(report.results)} passed"
            self._say(f"{'FAILED' if bad else 'ok':6} {report.test}{arch}: {count}, {seconds:.1f} s")
            for result in bad:
                name = result.name.removeprefix(report.test).removeprefix(": ")
                self._say("\n".join("       " + line for line in f"{name or 'it'}: {result.detail}".split("\n")))

    def _say(self, text):
        print(text, file=self.out, flush=True)

    def summary(self):
        """The last line, and the exit status."""
        failed = sum(not r.ok for r in self.results)
        if self.left_out:
            self._say(f"({len(self.left_out)} long tests left out; --long runs them)")
        self._say(f"{len(self.results) - failed} passed, {failed} failed")
        return 1 if failed or not self.results else 0


def _matches(name, wanted):
    wanted = wanted.removeprefix("tests/").removesuffix("/")
    return name == wanted or name.startswith(wanted + "/") or fnmatch.fnmatch(name, wanted) or \
        os.path.splitext(wanted)[0] == name
