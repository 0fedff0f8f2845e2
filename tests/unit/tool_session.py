"""One program's input, output and end through the serial line, against a guest that is a thread of this test."""

import os
import signal
import subprocess
import sys
import threading

TOOLS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools")
sys.path.insert(0, TOOLS)

from isthmus_tool.pump import Interrupted, Pump  # noqa: E402
from isthmus_tool.session import Escape, Program  # noqa: E402
from isthmus_tool.wire import TO_GUEST, Decoder  # noqa: E402


class FakeMachine:
    """The ends of a line that `machine.Machine` has, and the guest's own."""

    def __init__(self):
        self.output, self.guest_out = os.pipe()
        self.guest_in, self.input = os.pipe()
        os.set_blocking(self.output, False)
        os.set_blocking(self.input, False)


class Guest:
    """What a guest's console does, in a thread."""

    def __init__(self, machine, script):
        self.machine, self.decoder, self.at_end = machine, Decoder(TO_GUEST), False
        self.thread = threading.Thread(target=self._run, args=(script,), daemon=True)
        self.thread.start()

    def _run(self, script):
        try:
            script(self)
        except BrokenPipeError:
            pass
        os.close(self.machine.guest_out)

    def say(self, data):
        """Raw bytes to the host."""
        while data:
            data = data[os.write(self.machine.guest_out, data):]

    def read(self, count):
        """Asks for input and returns what comes; b"" at the end of input."""
        self.say(b"\x10i%d\n" % count)
        got = b""
        while not got and not self.at_end:
            for channel, data in self.decoder.feed(os.read(self.machine.guest_in, 65536)):
                self.at_end = self.at_end or channel == "z"
                got += data
        return got


def run(script, given):
    """Runs a guest's script with `given` as the tool's standard input, in a child process: (status, out, err, input left)."""
    return in_child(lambda: pass_through(script), given)


def pass_through(script):
    """What the tool does with a machine, on this process's own 0, 1 and 2; returns the status."""
    machine = FakeMachine()
    Guest(machine, script)
    pump = Pump(machine)
    Program(pump)
    try:
        pump.loop()
    except Interrupted as ended:
        return 128 + ended.signum
    return pump.result if pump.finished else 125


def in_child(function, given):
    """A child process with pipes for 0, 1 and 2, as the tool would be."""
    in_r, in_w = os.pipe()
    out_r, out_w = os.pipe()
    err_r, err_w = os.pipe()
    pid = os.fork()
    if pid == 0:
        for source, target in ((in_r, 0), (out_w, 1), (err_w, 2)):
            os.dup2(source, target)
        for descriptor in (in_r, in_w, out_r, out_w, err_r, err_w):
            os.close(descriptor)
        signal.alarm(20)
        os._exit(function())
    for descriptor in (out_w, err_w):
        os.close(descriptor)
    feeder = threading.Thread(target=feed, args=(in_w, given))
    feeder.start()
    out, err = b"", b""
    while piece := os.read(out_r, 65536):
        out += piece
    while piece := os.read(err_r, 65536):
        err += piece
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    left = b""
    while piece := os.read(in_r, 65536):
        left += piece
    feeder.join()
    for descriptor in (in_r, out_r, err_r):
        os.close(descriptor)
    return status, out, err, left


def feed(descriptor, data):
    """Writes and closes."""
    os.write(descriptor, data)
    os.close(descriptor)


def passes_everything():
    """Output, error, log and status go where they belong; the log nowhere."""
    def script(guest):
        guest.say(b"boot\n\x10oA\x10\x10\x10eB\x10kpanic?\n\x10oC\x10xexit 7\n")
    assert run(script, b"") == (7, b"A\x10C", b"B", b"")


def reads_only_what_is_asked():
    """A program that reads three bytes leaves the rest to the next one."""
    def script(guest):
        assert guest.read(3) == b"abc"
        guest.say(b"\x10xexit 0\n")
    assert run(script, b"abcdef") == (0, b"", b"", b"def")


def input_to_its_end():
    """All bytes, whatever their values, then the end."""
    every = bytes(range(256)) * 100

    def script(guest):
        got = b""
        while piece := guest.read(5000):
            got += piece
        guest.say(b"\x10o" + got.replace(b"\x10", b"\x10\x10") + b"\x10xexit 0\n")
    assert run(script, every) == (0, every, b"", b"")


def death_by_signal():
    """As a shell reports it."""
    assert run(lambda guest: guest.say(b"\x10xsignal 9\n"), b"")[0] == 137


def machine_that_dies():
    """No status came: that is the tool's failure, not the program's."""
    assert run(lambda guest: guest.say(b"\x10ohalf"), b"")[:2] == (125, b"half")


def nothing_after_the_end():
    """What a guest still says after its program ended is not the program's."""
    assert run(lambda guest: guest.say(b"\x10xexit 3\n\x10olate"), b"")[:2] == (3, b"")


def closed_output():
    """Who reads the output has gone: the tool ends as a host's program would, by SIGPIPE."""
    def child():
        reader, writer = os.pipe()
        os.close(reader)
        os.dup2(writer, 1)
        return pass_through(lambda guest: guest.say(b"\x10o" + b"y\n" * 100000))
    assert in_child(child, b"")[0] == 128 + signal.SIGPIPE


def escape_key():
    """Ctrl-] q leaves, also in two pieces; Ctrl-] twice is one; another key passes with it."""
    escape = Escape()
    assert escape.feed(b"ab\x1dqc") == (b"ab", True)
    escape = Escape()
    assert escape.feed(b"\x1d") == (b"", False) and escape.feed(b"q") == (b"", True)
    assert Escape().feed(b"\x1d\x1d\x1dx") == (b"\x1d\x1dx", False)


def tool_answers_help():
    """Every verb has help with examples; an unknown one is refused."""
    entry = os.path.join(TOOLS, "isthmus_tool")
    for verb in ("run", "test", "debug", "build", "clean"):
        said = subprocess.run([sys.executable, entry, verb, "--help"], capture_output=True, text=True, check=True).stdout
        assert "examples:" in said, verb
    assert subprocess.run([sys.executable, entry, "fly"], capture_output=True, check=False).returncode == 2


def main():
    """Runs them all."""
    bad = 0
    for test in (passes_everything, reads_only_what_is_asked, input_to_its_end, death_by_signal, machine_that_dies,
                 nothing_after_the_end, closed_output, escape_key, tool_answers_help):
        try:
            test()
            print("ok", test.__name__, flush=True)
        except AssertionError as error:
            bad += 1
            print(f"not ok {test.__name__}: assertion failed {error}", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
