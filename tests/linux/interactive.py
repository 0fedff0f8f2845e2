# limit: 180
"""The shell in a terminal, as a person uses it: this end of a pseudo-terminal types and reads what comes."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

TOOL = os.environ.get("ISTHMUS", os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../isthmus"))
ARCH = os.environ.get("ISTHMUS_ARCH", "x86_64")
ANSWER_s, START_s = 20, 60
PROMPT = rb"# (?:\x1b\[6n)?$"
UP, LEFT = b"\x1b[A", b"\x1b[D"
CTRL_A, CTRL_C, CTRL_D, CTRL_U, CTRL_W, CTRL_Z, ESCAPE = (bytes((c,)) for c in (1, 3, 4, 21, 23, 26, 27))


class Missing(Exception):
    """What should have come did not."""


class Terminal:
    """`./isthmus run` with a terminal."""

    def __init__(self):
        self.seen = b""
        self.pid, self.end = pty.fork()
        if self.pid == 0:
            time.sleep(0.2)         # until the window has its size
            os.environ["TERM"] = "linux"
            os.execv(TOOL, [TOOL, "run", "--arch", ARCH])
        self.resize(24, 80)

    def resize(self, rows, columns):
        """The window gets another size; the program in it is told by a signal."""
        fcntl.ioctl(self.end, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, keys):
        """Types; what came before is past."""
        self.seen = b""
        os.write(self.end, keys)

    def read(self, limit):
        """More of what the terminal shows, or nothing within the limit. Raises EOFError at the end."""
        if select.select([self.end], [], [], max(0, limit))[0]:
            try:
                data = os.read(self.end, 65536)
            except OSError:
                data = b""
            if not data:
                raise EOFError
            self.seen += data

    def expect(self, pattern, limit=ANSWER_s):
        """Waits until the pattern is to be seen."""
        until = time.monotonic() + limit
        while not re.search(pattern, self.seen, re.DOTALL):
            if time.monotonic() > until:
                raise Missing(f"{pattern!r} did not come; this did: {self.seen[-300:]!r}")
            try:
                self.read(until - time.monotonic())
            except EOFError:
                raise Missing(f"the end came before {pattern!r}: {self.seen[-300:]!r}") from None

    def run(self, line, pattern, limit=ANSWER_s):
        """A command, something of its output, and the prompt after it."""
        self.type(line + b"\r")
        self.expect(b"\n.*" + pattern + b".*" + PROMPT, limit)

    def status(self):
        """Reads to the end; the tool's exit status."""
        until = time.monotonic() + ANSWER_s
        try:
            while time.monotonic() < until:
                self.read(until - time.monotonic())
        except EOFError:
            return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        raise Missing(f"the tool does not end: {self.seen[-300:]!r}")

    def kill(self):
        """Whatever happened, the machine goes."""
        try:
            os.kill(self.pid, signal.SIGTERM)
            os.waitpid(self.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass


def editing(t):
    """Keys that move and delete."""
    t.run(b"echo hXlp" + LEFT * 2 + b"\x7f" + b"e", rb"\rhelp\r|\nhelp\r")
    t.run(b"ho a-$((6*7))-b" + CTRL_A + b"ec", rb"a-42-b\r")
    t.run(b"nonsense" + CTRL_U + b"echo one two" + CTRL_W + b"$((1+2))", rb"one 3\r")


def history(t):
    """The line before, and the one before that."""
    t.run(b"echo first-$((1+1))", rb"first-2\r")
    t.run(b"echo second-$((1+1))", rb"second-2\r")
    t.run(UP * 2, rb"first-2\r")


def interrupt(t):
    """Ctrl-C ends the program, not the shell."""
    t.type(b"sleep 1000\r")
    time.sleep(0.5)
    t.type(CTRL_C)
    t.expect(PROMPT)
    t.run(b"echo status=$?", rb"status=130\r")
    t.run(b"echo half a line" + CTRL_C + b"echo whole-$((2+3))", rb"whole-5\r")


def job_control(t):
    """Ctrl-Z, jobs, bg, fg."""
    t.type(b"sleep 1000\r")
    time.sleep(0.5)
    t.type(CTRL_Z)
    t.expect(rb"Stopped.*" + PROMPT)
    t.run(b"jobs", rb"\[1\]\+? +Stopped")
    t.run(b"bg", rb"\[1\] sleep 1000")
    t.run(b"jobs", rb"\[1\]\+? +Running")
    t.type(b"fg\r")
    t.expect(rb"\nsleep 1000")
    time.sleep(0.5)
    t.type(CTRL_C)
    t.expect(PROMPT)
    t.run(b"jobs; echo none-$((4+4))", rb"none-8\r")
    t.run(b"sleep 0.2 & wait; echo waited-$((1+1))", rb"waited-2\r")


def end_of_input(t):
    """cat reads lines until Ctrl-D."""
    t.type(b"cat > /tmp/lines\r")
    time.sleep(0.5)             # until it runs: the shell's own editing takes keys as they come
    t.type(b"one\rtwX\x7fo\r" + CTRL_D)
    t.expect(PROMPT)
    t.run(b"tr a-z A-Z < /tmp/lines", rb"ONE\r\nTWO\r")


def processes(t):
    """ps knows the shell and itself, top ends with q."""
    t.run(b"ps", rb"PID.*-sh\r\n.*ps")
    t.type(b"top\r")
    t.expect(rb"Mem:.*PID.*top")
    t.type(b"q")
    t.expect(PROMPT)


def editor(t):
    """vi writes a file; then it finds, changes and leaves it."""
    t.type(b"vi /tmp/letter\r")
    t.expect(rb"~")
    t.type(b"iDear kernel,\rall is well." + ESCAPE)
    time.sleep(0.5)
    t.type(b":wq\r")
    t.expect(PROMPT)
    t.run(b"wc /tmp/letter", rb"2 +5 +26 /tmp/letter")
    t.type(b"vi /tmp/letter\r")
    t.expect(rb"Dear kernel")
    t.type(b"/well\rcwbetter" + ESCAPE)
    time.sleep(0.5)
    t.type(b"ZZ")
    t.expect(PROMPT)
    t.run(b"cat /tmp/letter", rb"all is better\.")


def colours(t):
    """ls marks directories."""
    t.run(b"ls --color=auto /", rb"\x1b\[[0-9;]*m.*tmp")


def window(t):
    """The window's size, and that it changed."""
    t.run(b"stty size", rb"24 80\r")
    t.resize(40, 100)
    time.sleep(0.5)
    t.run(b"stty size", rb"40 100\r")


def raw(t):
    """A password is not shown."""
    t.type(b"read -s -p 'secret: ' s; echo; echo got-$s | tr a-z A-Z\r")
    t.expect(rb"\nsecret: |\rsecret: ")
    t.type(b"hush\r")
    t.expect(rb"GOT-HUSH\r")
    if b"hush" in t.seen:
        raise Missing("the secret was shown")
    t.expect(PROMPT)


def fork_bomb(t):
    """The shell stays usable, and gets rid of it."""
    t.run(b"sh -c 'b() { while :; do b & done; }; b' 2> /dev/null &", rb"")
    time.sleep(3)
    t.run(b"echo alive-$((1+1))", rb"alive-2\r")
    t.run(b"ls /", rb"tmp")
    t.run(b"kill -9 -$!; echo killed-$((1+1))", rb"killed-2\r")
    t.run(b"wait; ps | wc -l", rb"(?<=\n)[45]\r", START_s)


def check(name, function, *words):
    """One line for the test runner."""
    try:
        function(*words)
        print(f"ok {name}", flush=True)
        return True
    except (Missing, EOFError) as wrong:
        print(f"not ok {name}: {wrong or 'the terminal was closed'}", flush=True)
        return False


def leave(t):
    """Ctrl-D ends the shell, with the last command's status."""
    t.run(b"(exit 5)", rb"")
    t.type(CTRL_D)
    status = t.status()
    if status != 5:
        raise Missing(f"status 5; it was {status}")


def main():
    """One session, from the prompt to Ctrl-D."""
    # Whatever is still to be built, and files into the host's cache.
    subprocess.run([TOOL, "run", "--arch", ARCH, "--", "/bin/busybox", "true"], stdin=subprocess.DEVNULL, check=False)
    t = Terminal()
    try:
        if not check("prompt", t.expect, PROMPT, START_s):
            return
        for part in (editing, history, interrupt, job_control, end_of_input, processes, editor, colours, window, raw, fork_bomb,
                     leave):
            name = part.__name__.replace("_", " ")
            if not check(name, part, t) and part is not leave:
                t.type(CTRL_C + b"\r")      # so that one failure is not many
                time.sleep(2)
    finally:
        t.kill()


if __name__ == "__main__":
    sys.exit(main())
