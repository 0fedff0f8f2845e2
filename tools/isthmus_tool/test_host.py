"""Tests that run on the host: unit tests in C and Python, comparisons of Linux programs, and checks of the tree itself."""

import glob
import os
import subprocess
import sys

from . import test_headers
from .tree import ISAS, TOP, build_dir

# The sanitizers are what makes a unit test of a parser worth running. CONFIG_DEBUG is that of the debug kernel.
UNIT_CFLAGS = ["-std=gnu11", "-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all",
               "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter", "-DCONFIG_DEBUG=1", "-I."]
running = set()         # processes, so that an interrupt can end them


class HostTest:
    """One program of the host that speaks the tests' protocol on its standard output."""

    needs_build = None

    def __init__(self, name, command, headers, arch="", environment=None):
        self.name, self.command, self.headers, self.arch = name, command, headers, arch
        self.environment = environment or {}
        self.long = "long" in headers

    def label(self):
        """As --list prints it."""
        return self.name + (f" ({self.arch})" if self.arch else "") + (" long" if self.long else "")

    def run(self, report):
        """Runs it and reads what it reports."""
        said, status = run_program(self.command, test_headers.limit_of(self.headers), self.environment)
        other = [line for line in said.split("\n") if not report.line(line) and line.strip()]
        if status is None:
            report.fail(f"not done after {test_headers.limit_of(self.headers):g} s" + _tail(other))
        elif status and all(r.ok for r in report.results) or status < 0:
            report.fail(f"ended with status {status}" + _tail(other))


class UnitTest(HostTest):
    """A C program, compiled here with the sources that it names."""

    def __init__(self, path, headers):
        name = os.path.relpath(path, os.path.join(TOP, "tests"))[:-len(".c")]
        self.source = os.path.relpath(path, TOP)
        self.binary = os.path.join("build", "host", name)
        # The generated headers are the same for every ISA. No port is on the include path: the host is none.
        self.needs_build = (ISAS["x86_64"], "gen")
        super().__init__(name, [os.path.join(TOP, self.binary)], headers)

    def run(self, report):
        os.makedirs(os.path.dirname(os.path.join(TOP, self.binary)), exist_ok=True)
        made = build_dir(self.needs_build[0], "debug")
        said, status = run_program(["gcc", *UNIT_CFLAGS, f"-I{made}/gen", self.source, *self.headers.get("sources", []),
                                    "-o", self.binary], test_headers.DEFAULT_LIMIT_s)
        if status:
            report.fail("it does not compile" + _tail(said.split("\n")))
        else:
            super().run(report)


def find(isas):
    """All of them: the tree's checks, unit tests, and tests of Linux programs on every ISA."""
    found = [HostTest("checks/layers", [sys.executable, "tools/layers.py"], {}),
             HostTest("checks/python", [sys.executable, "tools/pycheck.py"], {}),
             HostTest("checks/docs", [sys.executable, "tools/doccheck.py"], {})]
    for path in _files("unit/*.c"):
        found.append(UnitTest(path, test_headers.read([path])))
    for path in _files("unit/*.py"):
        found.append(HostTest(_name(path), [sys.executable, path], test_headers.read([path])))
    for path in _files("linux/*.py"):
        for isa in isas:
            found.append(LinuxTest(_name(path), path, isa))
    return found


class LinuxTest(HostTest):
    """A script that runs programs through `./isthmus run` ($ISTHMUS, $ISTHMUS_ARCH) and compares with the host."""

    def __init__(self, name, path, isa):
        environment = {"ISTHMUS": os.path.join(TOP, "isthmus"), "ISTHMUS_ARCH": isa.name}
        super().__init__(name, [sys.executable, path], test_headers.read([path]), isa.name, environment)
        self.needs_build = (isa, "linux")


def run_program(command, limit, environment=None):
    """(what it said on both outputs, its status or None after the limit)"""
    process = subprocess.Popen(command, cwd=TOP, env={**os.environ, **(environment or {})}, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                               start_new_session=True)
    running.add(process)
    try:
        said, _ = process.communicate(timeout=limit)
        return said, process.returncode
    except subprocess.TimeoutExpired:
        _kill(process)
        return process.communicate()[0], None
    finally:
        running.discard(process)


def stop_all():
    """Ends every program that a test has running."""
    for process in list(running):
        _kill(process)


def _kill(process):
    """The program and what it started: it leads a session of its own."""
    try:
        os.killpg(process.pid, 9)
    except ProcessLookupError:
        pass


def _files(pattern):
    return sorted(glob.glob(os.path.join(TOP, "tests", pattern)))


def _name(path):
    return os.path.relpath(path, os.path.join(TOP, "tests"))[:-len(".py")]


def _tail(lines):
    return "\n  | ".join([":", *lines[-20:]]) if lines else " and said nothing"
