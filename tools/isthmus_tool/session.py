"""The two ways in which a person uses a machine: as one program among the host's, or through this terminal."""

import fcntl
import os
import signal
import struct
import sys
import termios
import tty

from .pump import Interrupted, write_all
from .wire import Lines, parse_credit

READ_bytes = 16 * 1024


class Program:
    """Standard input, output and error of one program in the guest are those of the tool."""

    def __init__(self, pump):
        self.pump = pump
        self.credit = 0
        self.watching = self.at_end = False
        self.requests = Lines()
        pump.on["o"] = lambda data: self.write(1, data)
        pump.on["e"] = lambda data: self.write(2, data)
        pump.on["i"] = self.requested
        pump.expect_end()

    def write(self, descriptor, data):
        """Passes output on. Where a host's program would die of a closed pipe, so does the tool, and QEMU with it."""
        try:
            write_all(descriptor, data)
        except BrokenPipeError:
            raise Interrupted(signal.SIGPIPE) from None

    def requested(self, data):
        """The guest's program wants to read."""
        for line in self.requests.feed(data):
            self.credit = parse_credit(line) or 0
        if self.credit and not self.watching and not self.at_end:
            self.pump.watch(0, self.readable)
            self.watching = True

    def readable(self):
        """Standard input has something, or its end."""
        try:
            data = os.read(0, min(self.credit, READ_bytes))
        except BlockingIOError:
            return
        except OSError:             # closed, a directory, a terminal that is gone: nothing will come
            data = b""
        if data:
            self.pump.send("i", data)
            self.pump.send("i")     # the switch alone: that was it
        else:
            self.at_end = True
            self.pump.send("z")
        self.credit = 0
        self.pump.unwatch(0)
        self.watching = False


class Escape:
    """The key that leaves: Ctrl-] then q quits; Ctrl-] twice types one Ctrl-]; Ctrl-] and another key types both."""

    KEY = 0x1D

    def __init__(self):
        self.armed = False

    def feed(self, data):
        """(bytes for the guest, whether to quit)"""
        out = bytearray()
        for byte in data:
            if self.armed:
                self.armed = False
                if byte in b"qQ":
                    return bytes(out), True
                out += bytes((byte,)) if byte == self.KEY else bytes((self.KEY, byte))
            elif byte == self.KEY:
                self.armed = True
            else:
                out.append(byte)
        return bytes(out), False


class Terminal:
    """This terminal is the guest's. `with` puts it into raw mode and back, whatever happens."""

    def __init__(self, pump):
        self.pump = pump
        self.escape = Escape()
        self.ready = False
        self.saved = None
        self.is_tty = os.isatty(0)
        pump.on["t"] = self.output
        pump.on["o"] = pump.on["e"] = self.show
        pump.on["i"] = lambda _: None       # there is no standard input beside the terminal
        pump.expect_end()

    def __enter__(self):
        if self.is_tty:
            self.saved = termios.tcgetattr(0)
            tty.setraw(0, termios.TCSADRAIN)
            # The handler does nothing by itself: the byte that Python writes to this pipe wakes the loop.
            self.woken, self.wake = os.pipe()
            os.set_blocking(self.wake, False)
            self.old_wake = signal.set_wakeup_fd(self.wake, warn_on_full_buffer=False)
            self.old_winch = signal.signal(signal.SIGWINCH, lambda *_: None)
            self.pump.watch(self.woken, self.resized)
        return self

    def __exit__(self, *_):
        if self.saved is not None:
            signal.set_wakeup_fd(self.old_wake)
            signal.signal(signal.SIGWINCH, self.old_winch)
            # What the guest's programs may have left on: colours, a hidden cursor.
            if os.isatty(1):
                write_all(1, b"\x1b[0m\x1b[?25h")
            termios.tcsetattr(0, termios.TCSADRAIN, self.saved)
            self.saved = None

    def output(self, data):
        """The guest's terminal shows something; its first sign of life opens the way in."""
        if not self.ready:
            self.ready = True
            self.send_size()
            self.pump.watch(0, self.typed)
        self.show(data)

    def show(self, data):
        """Writes to this terminal."""
        try:
            write_all(1, data)
        except BrokenPipeError:
            raise Interrupted(signal.SIGPIPE) from None

    def typed(self):
        """Keys, or what stands in for them."""
        try:
            data = os.read(0, READ_bytes)
        except OSError:
            data = b""
        if not data:
            self.pump.send("z")
            self.pump.unwatch(0)
            return
        if self.is_tty:
            data, quit_now = self.escape.feed(data)
            if quit_now:
                write_all(1, b"\r\n")
                self.pump.finish(0)
        if data:
            self.pump.send("t", data)

    def resized(self):
        """SIGWINCH came."""
        os.read(self.woken, 4096)
        if self.ready:
            self.send_size()

    def send_size(self):
        """Tells the guest the window's size."""
        if self.is_tty:
            rows, columns, _, _ = struct.unpack("HHHH", fcntl.ioctl(0, termios.TIOCGWINSZ, b"\0" * 8))
            self.pump.send("w", f"{rows or 24} {columns or 80}\n".encode())


def verbose_log(data):
    """Shows the log as it comes, on standard error; raw mode needs the carriage returns."""
    text = data.replace(b"\r", b"").replace(b"\n", b"\r\n") if os.isatty(2) else data
    write_all(sys.stderr.fileno(), text)
