"""Numbers that are in no debug information: macros of a few headers, and the constants of the ABI's table."""

import re
import tomllib

HEADERS = ("kernel/arch/arch.h", "kernel/arch/riscv64/include/arch/port.h", "kernel/arch/riscv64/include/arch/layout.h",
           "kernel/arch/riscv64/include/arch/csr.h", "kernel/cap.h")
DEFINE = re.compile(r"^#define\s+(\w+)\s+(\(?[0-9a-fA-FxulUL()<| ]+\)?)\s*(?:/\*.*)?$")


def macros(top):
    """{name: number} of the macros that are plain numbers or shifts of them."""
    found = {}
    for header in HEADERS:
        for line in (top / header).read_text(encoding="utf-8").splitlines():
            match = DEFINE.match(line)
            if match:
                found[match[1]] = number(match[2])
    return found


def number(expression):
    """The value of a C expression of numbers, shifts and bars: (1ul << 63), 0xffffffc000000000, 16384."""
    value = 0
    for term in expression.replace("(", "").replace(")", "").split("|"):
        base, *shifts = [int(re.sub(r"[uUlL]+$", "", part.strip()), 0) for part in term.split("<<")]
        for shift in shifts:
            base <<= shift
        value |= base
    return value & (1 << 64) - 1


def abi(top):
    """ISTHMUS_<NAME> of abi/isthmus.toml's constants and rights."""
    with open(top / "abi/isthmus.toml", "rb") as file:
        table = tomllib.load(file)
    found = {}
    for prefix, section in (("ISTHMUS_", "constants"), ("ISTHMUS_R_", "rights")):
        for name, entry in table.get(section, {}).items():
            value = entry["value"] if isinstance(entry, dict) else entry
            if isinstance(value, int):
                found[prefix + name.upper()] = value
    return found
