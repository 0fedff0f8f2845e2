"""The serial line's protocol: one stream of bytes each way, several channels in it.

DLE (0x10) and a channel's letter switch the stream to that channel; DLE DLE is one byte 0x10 of the current channel. At reset
the channel is `k`, so that firmware and an early kernel need know nothing of this.

    guest to host                                       host to guest
    k   log of firmware, kernel and system              i   standard input of the program
    o   standard output of the program                  z   (the switch itself) end of standard input
    e   standard error of the program                   t   bytes typed at the terminal
    t   output of the terminal                          w   lines `ROWS COLS`: the window's size
    i   lines `N`: the program reads up to N bytes
    x   line `exit N` or `signal N`: the program ended
    r   lines of a test: `ok NAME`, `not ok NAME: why`, `done`
    p   (the switch itself) back to the channel before the last switch: the log may come in the middle of another channel

A line `N` on `i` asks for standard input as read(2) does: the host answers once, with 1 to N bytes on `i` followed by a switch
from `i` to `i` itself, which says that this was the answer, or with `z`. So what the program does not read stays for the host's
next program, and nothing is lost in a serial port that is not set up yet. Likewise nothing is sent on `t` and `w` before the guest has switched to `t` for the first time.
"""

DLE = 0x10
LOG = "k"
BACK = ord("p")
FROM_GUEST = "koetixr"
TO_GUEST = "iztw"


class Decoder:
    """Splits a stream into channels. Any bytes are accepted, in pieces of any size.

    A DLE before a byte that names no channel is noise (firmware, a crash, a wild write): both bytes go to the log, as they came,
    and the channel stays.
    """

    def __init__(self, channels=FROM_GUEST):
        self.channels = frozenset(channels.encode())
        self.channel = self.before = LOG
        self.escaped = False

    def feed(self, data):
        """What `data` brings, as a list of (channel, bytes); a switch without bytes gives (channel, b"")."""
        pieces, at = [], 0
        while at < len(data):
            if self.escaped:
                self._after_dle(data[at], pieces)
                self.escaped = False
                at += 1
                continue
            end = data.find(DLE, at)
            if end < 0:
                end = len(data)
            if end > at:
                pieces.append((self.channel, bytes(data[at:end])))
            self.escaped = end < len(data)
            at = end + 1
        return pieces

    def _after_dle(self, byte, pieces):
        if byte == DLE:
            pieces.append((self.channel, bytes((DLE,))))
        elif byte == BACK:
            self.channel = self.before
        elif byte in self.channels:
            self.before, self.channel = self.channel, chr(byte)
            pieces.append((self.channel, b""))
        else:
            pieces.append((LOG, bytes((DLE, byte))))


class Encoder:
    """The other direction: bytes for channels into one stream."""

    def __init__(self):
        self.channel = None

    def encode(self, channel, data=b""):
        """`data` for `channel` as it goes over the line. Without data: the switch alone, which for `z` is the message."""
        head = b""
        if channel != self.channel or not data:
            head = bytes((DLE, ord(channel)))
            self.channel = channel
        return head + data.replace(bytes((DLE,)), bytes((DLE, DLE)))


class Lines:
    """Collects the bytes of a channel that speaks in lines."""

    def __init__(self):
        self.rest = b""

    def feed(self, data):
        """The lines that `data` completes, without their ends."""
        *lines, self.rest = (self.rest + data).split(b"\n")
        return [line.rstrip(b"\r").decode(errors="replace") for line in lines]


def parse_end(line):
    """The exit status for a line of channel `x`, as a shell reports it; None if the line means nothing."""
    word, _, number = line.partition(" ")
    if word in ("exit", "signal") and number.isascii() and number.isdecimal() and len(number) <= 3:
        return int(number) & 0xFF if word == "exit" else 128 + int(number) & 0xFF
    return None


def parse_credit(line):
    """The number of bytes that a line of channel `i` asks for; None if the line means nothing."""
    return int(line) if line.isascii() and line.isdecimal() and len(line) <= 18 else None
