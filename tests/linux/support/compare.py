"""Runs the same command on this machine and in Isthmus and reports whether standard output, standard error and status agree.

    compare = Compare()
    compare.shell("a name", "echo hello | tr a-z A-Z")
    compare.program("another", ["./a.out", "3"], files={"a.out": path})

A script runs in an empty directory, or in one that holds `files` (name -> bytes, or the path of a host file), with the same
path on both sides. What the guest writes there stays in the guest, so the host's run after it starts from the same files.
"""

import os
import shutil
import subprocess
import sys
import tempfile

TOOL = os.environ.get("ISTHMUS", os.path.join(os.path.dirname(__file__), "../../../isthmus"))
ARCH = os.environ.get("ISTHMUS_ARCH", "x86_64")
BUSYBOX = "/bin/busybox"
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8", "TERM": "dumb"}
HOST_LIMIT_s = 60
TAIL_lines = 12


class Compare:
    """Counts nothing, keeps nothing: each case prints its own line, in the protocol of the test runner."""

    def shell(self, name, script, **more):
        """A script for busybox's shell."""
        self.program(name, [BUSYBOX, "sh", "-c", script], **more)

    def program(self, name, command, stdin=b"", files=None, limit=60, native=None):
        """A program with its arguments. `native` is what to run on this machine instead, where the ISAs differ."""
        with tempfile.TemporaryDirectory(prefix="isthmus-test-") as folder:
            for file, content in (files or {}).items():
                put(os.path.join(folder, file), content)
            guest = isthmus(command, folder, stdin, limit, ["--share", folder] if files else [])
            host = run(native or command, folder, stdin, HOST_LIMIT_s)
        report(name, host, guest)

    def expect(self, name, command, status, output=b"", error=b"", stdin=b"", limit=60):
        """A program for which this machine is no model: what must come is given."""
        with tempfile.TemporaryDirectory(prefix="isthmus-test-") as folder:
            guest = isthmus(command, folder, stdin, limit)
        report(name, (status, output, error), guest)


def put(path, content):
    """Writes a file: bytes, or a copy of another file with its mode."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if isinstance(content, bytes):
        with open(path, "wb") as out:
            out.write(content)
    else:
        shutil.copy(content, path)


def isthmus(command, folder, stdin, limit, options=()):
    """As run(), in Isthmus. The machine gets `limit` seconds; before it starts, a build may have to wait for its turn."""
    words = [TOOL, "run", "--debug", "--arch", ARCH, "--timeout", str(limit), *options, "--", *command]
    return run(words, folder, stdin, limit + 120)


def run(command, folder, stdin, limit):
    """(status as a shell says it, standard output, standard error)"""
    environment = {**ENVIRONMENT, "PWD": folder}
    if command[0] == TOOL:      # the tool needs the machine's own PATH; it passes on what it is given
        environment["PATH"] = ENVIRONMENT["PATH"] + ":/usr/sbin:/sbin:/usr/local/bin"
    try:
        done = subprocess.run(command, cwd=folder, env=environment, input=stdin, capture_output=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired as late:
        return "none: not done in time", late.stdout or b"", late.stderr or b""
    return 128 - done.returncode if done.returncode < 0 else done.returncode, done.stdout, done.stderr


def report(name, expected, got):
    """One line, and for a failure what differs."""
    wrong = [what for what, e, g in zip(("status", "standard output", "standard error"), expected, got) if e != g]
    if not wrong:
        print(f"ok {name}", flush=True)
        return
    print(f"not ok {name}: {', '.join(wrong)}")
    print(f"  status {got[0]}, expected {expected[0]}")
    for what, e, g in (("standard output", expected[1], got[1]), ("standard error", expected[2], got[2])):
        if e != g:
            print(difference(what, e, g))
    sys.stdout.flush()


def difference(what, expected, got):
    """The first lines that differ, indented as the test runner wants them."""
    e, g = expected.split(b"\n"), got.split(b"\n")
    at = next((i for i in range(min(len(e), len(g))) if e[i] != g[i]), min(len(e), len(g)))
    lines = [f"  {what} from line {at + 1} on ({len(got)} bytes, expected {len(expected)}):"]
    lines += [f"    expected | {line.decode(errors='replace')[:160]}" for line in e[at:at + TAIL_lines]]
    lines += [f"    came     | {line.decode(errors='replace')[:160]}" for line in g[at:at + TAIL_lines]]
    return "\n".join(lines)


def build(source, *flags, compiler="gcc"):
    """Compiles tests/linux/programs/<source>, libraries and all, and answers the program's path, for as long as this process lives."""
    here = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "programs", source)
    out = os.path.join(SCRATCH.name, f"{os.path.basename(compiler)}-{source}")
    made = subprocess.run([compiler, "-O2", "-Wall", here, *flags, "-o", out], capture_output=True, text=True, check=False)
    if made.returncode:
        sys.exit(f"{compiler} {source}:\n{made.stderr}")
    return out


SCRATCH = tempfile.TemporaryDirectory(prefix="isthmus-build-")
