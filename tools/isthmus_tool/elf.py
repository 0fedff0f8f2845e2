"""Reads of an ELF file what decides whether Isthmus can run it. Written after the System V gABI, chapters 4 and 5."""

import struct
from dataclasses import dataclass

ET_EXEC, ET_DYN = 2, 3
PT_INTERP = 3


class BadElf(Exception):
    """Says what is wrong with the file."""


@dataclass(frozen=True)
class Elf:
    """What was read."""

    machine: int
    kind: int
    interpreter: str        # "" in a static program


def read(data):
    """Parses the start of a 64-bit little-endian ELF file from bytes."""
    if data[:4] != b"\x7fELF":
        raise BadElf("no ELF file")
    if len(data) < 64:
        raise BadElf(f"an ELF file of only {len(data)} bytes, shorter than its header")
    if data[4] != 2 or data[5] != 1:
        bits = {1: "32-bit", 2: "64-bit"}.get(data[4], "unknown class")
        order = {1: "little-endian", 2: "big-endian"}.get(data[5], "unknown byte order")
        raise BadElf(f"a {bits} {order} ELF file")
    kind, machine = struct.unpack_from("<HH", data, 16)
    if kind not in (ET_EXEC, ET_DYN):
        raise BadElf(f"an ELF file of type {kind}, not a program")
    table, = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    if size < 56 or table + size * count > len(data):
        raise BadElf("an ELF file whose program headers lie outside it")
    interpreter = ""
    for at in range(table, table + size * count, size):
        p_type, _, offset, _, _, length = struct.unpack_from("<IIQQQQ", data, at)
        if p_type == PT_INTERP:
            interpreter = data[offset:offset + length].rstrip(b"\0").decode(errors="replace") or "?"
    return Elf(machine, kind, interpreter)
