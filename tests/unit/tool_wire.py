"""The serial line's codec: nothing is lost, whatever comes and however it is cut."""

import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools"))

from isthmus_tool.wire import FROM_GUEST, Decoder, Encoder, Lines, parse_credit, parse_end  # noqa: E402


def joined(pieces):
    """The bytes of each channel, and the order of channels."""
    order, data = [], {}
    for channel, piece in pieces:
        data[channel] = data.get(channel, b"") + piece
        if piece and (not order or order[-1] != channel):
            order.append(channel)
    return order, data


def cut(random_source, data):
    """`data` in pieces of random sizes."""
    at = 0
    while at < len(data):
        size = random_source.choice((1, 1, 2, 3, 7, 100))
        yield data[at:at + size]
        at += size


def messages(random_source):
    """Random messages, rich in DLE and letters of channels."""
    alphabet = b"\x10\x10\x10koetixrz\n\x00\xff"
    return [(random_source.choice(FROM_GUEST), bytes(random_source.choices(alphabet, k=random_source.randrange(1, 20))))
            for _ in range(random_source.randrange(1, 12))]


def there_and_back():
    """What an encoder sends, a decoder finds, in order, however it is cut."""
    for seed in range(2000):
        source = random.Random(seed)
        sent = messages(source)
        encoder, decoder = Encoder(), Decoder()
        stream = b"".join(encoder.encode(channel, data) for channel, data in sent)
        got = [p for piece in cut(source, stream) for p in decoder.feed(piece)]
        assert joined(got) == joined(sent), seed


def any_bytes():
    """Any bytes decode, to the same whether whole or byte by byte, and none vanishes but switches and doubled DLEs."""
    for seed in range(2000):
        source = random.Random(seed)
        stream = bytes(source.choices(b"\x10\x10koetixrqz\x00\xff", k=source.randrange(60)))
        whole = joined(Decoder().feed(stream))
        decoder = Decoder()
        single = joined([p for byte in stream for p in decoder.feed(bytes((byte,)))])
        assert single == whole, stream
        assert sum(map(len, whole[1].values())) >= (len(stream) - 2 * stream.count(b"\x10")), stream


def noise_goes_to_the_log():
    """An unknown channel leaves the channel as it is and shows its bytes."""
    assert joined(Decoder().feed(b"\x10oA\x10qB")) == (["o", "k", "o"], {"o": b"AB", "k": b"\x10q"})


def starts_with_the_log():
    """Firmware speaks before anybody switches."""
    assert Decoder().feed(b"OpenSBI") == [("k", b"OpenSBI")]


def switch_is_an_event():
    """The guest's first switch to a channel is seen, even without bytes."""
    assert Decoder().feed(b"\x10t") == [("t", b"")]


def end_of_input_is_a_switch():
    """`z` is sent each time it is meant; other switches only when needed."""
    encoder = Encoder()
    assert encoder.encode("i", b"a") == b"\x10ia"
    assert encoder.encode("i", b"\x10") == b"\x10\x10"
    assert encoder.encode("z") == b"\x10z"
    assert encoder.encode("z") == b"\x10z"


def lines_in_pieces():
    """A line counts when it ends."""
    lines = Lines()
    assert lines.feed(b"exit") == [] and lines.feed(b" 7\r\nok") == ["exit 7"] and lines.feed(b"\n\n") == ["ok", ""]


def ends():
    """Statuses as a shell reports them; nonsense means nothing."""
    assert [parse_end(x) for x in ("exit 0", "exit 7", "exit 255", "signal 9", "signal 15")] == [0, 7, 255, 137, 143]
    assert [parse_end(x) for x in ("", "exit", "exit -1", "exit 1 2", "exit \u0663", "done", "exit 99999")] == [None] * 7


def credits():
    """Requests for input."""
    assert [parse_credit(x) for x in ("1", "65536", "", "-1", "x", "9" * 30)] == [1, 65536, None, None, None, None]


def main():
    """Runs them all."""
    bad = 0
    for test in (there_and_back, any_bytes, noise_goes_to_the_log, starts_with_the_log, switch_is_an_event,
                 end_of_input_is_a_switch, lines_in_pieces, ends, credits):
        try:
            test()
            print("ok", test.__name__)
        except AssertionError as error:
            bad += 1
            print(f"not ok {test.__name__}: assertion failed {error}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
