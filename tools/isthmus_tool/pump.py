"""Moves bytes between one machine's serial line and whoever uses its channels, in one thread."""

import os
import select
import selectors
import time

from .wire import Decoder, Encoder, Lines, parse_end

LOG_TAIL_bytes = 64 * 1024
PIECE_bytes = 64 * 1024


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
        self.line = machine.line
        self.decoder, self.encoder = Decoder(), Encoder()
        self.pending = bytearray()
        self.on = {"k": self.keep_log}
        self.log = bytearray()
        self.log_copies = []            # functions that see the log as it comes
        self.result = None
        self.finished = self.closed = self.late = False
        self.inputs = {}                # descriptor -> function; looked at only while nothing waits to be sent
        self.looking = False
        self.selector = selectors.PollSelector()    # poll, because it takes regular files too
        self.selector.register(self.line, selectors.EVENT_READ, self._line_ready)

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
            interest = selectors.EVENT_READ | (selectors.EVENT_WRITE if self.pending else 0)
            self.selector.modify(self.line, interest, self._line_ready)
            self._look(not self.pending)
            for key, events in self.selector.select(left):
                key.data(events)
                if self.finished:
                    return

    def _look(self, wanted):
        """Adds the inputs to what is polled, or takes them away: an input that may not be read yet must not wake the loop."""
        if wanted != self.looking:
            for descriptor, callback in self.inputs.items():
                if wanted:
                    self.selector.register(descriptor, selectors.EVENT_READ, lambda _, call=callback: call())
                else:
                    self.selector.unregister(descriptor)
            self.looking = wanted

    # -- the line -----------------------------------------------------------------------------------------------------

    def _line_ready(self, events):
        if events & selectors.EVENT_WRITE and self.pending:
            try:
                del self.pending[:self.line.send(self.pending[:PIECE_bytes])]
            except (BlockingIOError, InterruptedError):
                pass
            except (BrokenPipeError, ConnectionResetError):
                self.pending.clear()        # the read below sees the end, after what the guest still said
        if events & selectors.EVENT_READ:
            try:
                data = self.line.recv(PIECE_bytes)
            except (BlockingIOError, InterruptedError):
                return
            except ConnectionResetError:
                data = b""
            if not data:
                self.closed = True
            for channel, piece in self.decoder.feed(data):
                self.on.get(channel, self.keep_log)(piece)
                if self.finished:
                    return


def write_all(descriptor, data):
    """Writes everything, also where somebody made the descriptor non-blocking."""
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(descriptor, view):]
        except BlockingIOError:
            select.select([], [descriptor], [])
