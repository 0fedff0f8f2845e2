"""Moves bytes between one machine's serial line and whoever uses its channels, in one thread."""

import os
import select
import selectors
import time

from .wire import Decoder, Encoder, Lines, parse_end

LOG_TAIL_bytes = 64 * 1024
PIECE_bytes = 64 * 1024
# A serial port gives byte by byte. To wake for each costs more than the guest takes to make it, so a moment is given for more.
FEW_bytes = 256
GATHER_s = 0.0005


class Interrupted(BaseException):
    """A signal ended the tool: it cleans up and then dies of that signal, as its caller expects."""

    def __init__(self, signum):
        super().__init__(signum)
        self.signum = signum


class Pump:
    """The loop. Its users set `on[channel]` to a function of the bytes that came, and call `send`.

    `loop` returns when somebody called `finish`, when the machine closed the line (`closed`), or at the deadline (`late`).
    """

    def __init__(self, machine):
        self.machine = machine
        self.decoder, self.encoder = Decoder(), Encoder()
        self.pending = bytearray()
        self.on = {"k": self.keep_log}
        self.log = bytearray()
        self.log_copies = []            # functions that see the log as it comes
        self.result = None
        self.finished = self.closed = self.late = False
        self.inputs = {}                # descriptor -> function; looked at only while nothing waits to be sent
        self.looking = self.sending = False
        self.selector = selectors.PollSelector()    # poll, because it takes regular files too
        self.selector.register(machine.output, selectors.EVENT_READ, self._receive)

    # -- for users ----------------------------------------------------------------------------------------------------

    def send(self, channel, data=b""):
        """Queues bytes for the guest; they go as fast as it takes them."""
        self.pending += self.encoder.encode(channel, data)

    def watch(self, descriptor, callback):
        """Calls `callback()` when the descriptor can be read and the guest has taken what was sent before."""
        self._look(False)
        self.inputs[descriptor] = callback

    def unwatch(self, descriptor):
        """Undoes `watch`."""
        self._look(False)
        del self.inputs[descriptor]

    def finish(self, result):
        """Ends the loop after the piece in hand."""
        self.finished, self.result = True, result

    def keep_log(self, data):
        """Remembers the end of the log, for the message that explains a failure."""
        self.log += data
        del self.log[:-LOG_TAIL_bytes]
        for copy in self.log_copies:
            copy(data)

    def log_tail(self, lines=20):
        """The last lines of the log as text, without what could move a terminal's cursor."""
        text = self.log.decode(errors="replace").replace("\r", "")
        clean = "".join(c if c.isprintable() or c in "\n\t" else "." for c in text)
        return [line for line in clean.split("\n") if line.strip()][-lines:]

    def expect_end(self):
        """Makes channel `x` finish the loop with the program's exit status."""
        lines = Lines()

        def ended(data):
            for line in lines.feed(data):
                status = parse_end(line)
                if status is not None:
                    return self.finish(status)
                self.keep_log(f"[isthmus] not understood on channel x: {line!r}\n".encode())
            return None
        self.on["x"] = ended

    def loop(self, deadline=None):
        """Runs until the end. `deadline` is a time.monotonic()."""
        while not (self.finished or self.closed):
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                self.late = True
                return
            self._look(not self.pending)
            for key, _ in self.selector.select(left):
                key.data()
                if self.finished:
                    return

    def _look(self, wanted):
        """Polls either the inputs or the way to the guest: an input that may not be read yet must not wake the loop."""
        if wanted != self.looking:
            for descriptor, callback in self.inputs.items():
                if wanted:
                    self.selector.register(descriptor, selectors.EVENT_READ, callback)
                else:
                    self.selector.unregister(descriptor)
            self.looking = wanted
        if bool(self.pending) != self.sending:
            self.sending = bool(self.pending)
            if self.sending:
                self.selector.register(self.machine.input, selectors.EVENT_WRITE, self._transmit)
            else:
                self.selector.unregister(self.machine.input)

    # -- the line -----------------------------------------------------------------------------------------------------

    def _transmit(self):
        try:
            del self.pending[:os.write(self.machine.input, self.pending[:PIECE_bytes])]
        except BlockingIOError:
            pass
        except BrokenPipeError:
            self.pending.clear()        # the guest is gone; `_receive` sees the end, after what it still said

    def _receive(self):
        try:
            data = os.read(self.machine.output, PIECE_bytes)
        except BlockingIOError:
            return
        if not data:
            self.closed = True
        for channel, piece in self.decoder.feed(data):
            self.on.get(channel, self.keep_log)(piece)
            if self.finished:
                return
        if data and len(data) < FEW_bytes:
            time.sleep(GATHER_s)


def write_all(descriptor, data):
    """Writes everything, also where somebody made the descriptor non-blocking."""
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(descriptor, view):]
        except BlockingIOError:
            select.select([], [descriptor], [])
