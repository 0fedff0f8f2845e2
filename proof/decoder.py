"""Decodes RV64IMAC, Zicsr, Zifencei, and what the kernel uses beside it: sc.d, sret, wfi, sfence.vma and the few
floating-point instructions of fpu.S.  Compressed instructions come out as what they abbreviate (RISC-V unprivileged
specification 20191213, chapters 16 and 24).  tests/unit/test_proof_decoder.py compares it with objdump."""

from typing import NamedTuple


class Instruction(NamedTuple):
    """`imm` is sign-extended; for a CSR instruction it is the CSR's number, and rs1 the register or the small constant."""
    op: str
    rd: int = 0
    rs1: int = 0
    rs2: int = 0
    imm: int = 0
    size: int = 4


class Undecodable(Exception):
    """No instruction that the kernel may contain."""


def field(word, high, low):
    return word >> low & ((1 << (high - low + 1)) - 1)


def signed(value, bits):
    value &= (1 << bits) - 1
    return value - ((value >> (bits - 1)) << bits)


def gather(word, *pieces):
    """An immediate scattered over the word: each piece is (high, low, position of its lowest bit in the result)."""
    value = 0
    for high, low, to in pieces:
        value |= field(word, high, low) << to
    return value


BRANCHES = {0: "beq", 1: "bne", 4: "blt", 5: "bge", 6: "bltu", 7: "bgeu"}
LOADS = {0: "lb", 1: "lh", 2: "lw", 3: "ld", 4: "lbu", 5: "lhu", 6: "lwu"}
STORES = {0: "sb", 1: "sh", 2: "sw", 3: "sd"}
IMMEDIATE = {0: "addi", 2: "slti", 3: "sltiu", 4: "xori", 6: "ori", 7: "andi"}
REGISTER = {
    (0, 0): "add", (0, 32): "sub", (1, 0): "sll", (2, 0): "slt", (3, 0): "sltu", (4, 0): "xor", (5, 0): "srl", (5, 32): "sra",
    (6, 0): "or", (7, 0): "and", (0, 1): "mul", (1, 1): "mulh", (2, 1): "mulhsu", (3, 1): "mulhu", (4, 1): "div",
    (5, 1): "divu", (6, 1): "rem", (7, 1): "remu",
}
REGISTER_W = {
    (0, 0): "addw", (0, 32): "subw", (1, 0): "sllw", (5, 0): "srlw", (5, 32): "sraw", (0, 1): "mulw", (4, 1): "divw",
    (5, 1): "divuw", (6, 1): "remw", (7, 1): "remuw",
}
CSR = {1: "csrrw", 2: "csrrs", 3: "csrrc", 5: "csrrwi", 6: "csrrsi", 7: "csrrci"}
WHOLE = {0x00000073: "ecall", 0x00100073: "ebreak", 0x10200073: "sret", 0x10500073: "wfi"}


def decode(word):
    """The instruction in the low bytes of a 32-bit word."""
    return decode_wide(word) if word & 3 == 3 else decode_compressed(word & 0xffff)


def decode_wide(word):
    if word in WHOLE:
        return Instruction(WHOLE[word])
    opcode, rd, f3, rs1, rs2, f7 = (field(word, *at) for at in ((6, 0), (11, 7), (14, 12), (19, 15), (24, 20), (31, 25)))
    immediate = signed(word >> 20, 12)
    if opcode == 0x37:
        return Instruction("lui", rd, imm=signed(word & 0xfffff000, 32))
    if opcode == 0x17:
        return Instruction("auipc", rd, imm=signed(word & 0xfffff000, 32))
    if opcode == 0x6f:
        return Instruction("jal", rd, imm=signed(gather(word, (31, 31, 20), (19, 12, 12), (20, 20, 11), (30, 21, 1)), 21))
    if opcode == 0x67 and f3 == 0:
        return Instruction("jalr", rd, rs1, imm=immediate)
    if opcode == 0x63 and f3 in BRANCHES:
        target = signed(gather(word, (31, 31, 12), (7, 7, 11), (30, 25, 5), (11, 8, 1)), 13)
        return Instruction(BRANCHES[f3], 0, rs1, rs2, target)
    if opcode == 0x03 and f3 in LOADS:
        return Instruction(LOADS[f3], rd, rs1, imm=immediate)
    if opcode == 0x23 and f3 in STORES:
        return Instruction(STORES[f3], 0, rs1, rs2, signed(f7 << 5 | rd, 12))
    if opcode in (0x13, 0x1b):
        return decode_immediate(word, opcode == 0x1b, rd, f3, rs1, immediate)
    if opcode == 0x33 and (f3, f7) in REGISTER:
        return Instruction(REGISTER[f3, f7], rd, rs1, rs2)
    if opcode == 0x3b and (f3, f7) in REGISTER_W:
        return Instruction(REGISTER_W[f3, f7], rd, rs1, rs2)
    if opcode == 0x73 and f3 in CSR:
        return Instruction(CSR[f3], rd, rs1, imm=word >> 20)
    if opcode == 0x73 and f3 == 0 and f7 == 9 and rd == 0:
        return Instruction("sfence.vma", 0, rs1, rs2)
    if opcode == 0x0f and f3 < 2:
        return Instruction("fence.i" if f3 else "fence")
    if opcode == 0x2f and f3 == 3 and f7 >> 2 == 3:
        return Instruction("sc.d", rd, rs1, rs2)
    return decode_float(word, opcode, rd, f3, rs1, rs2, f7)


def decode_immediate(word, is_word, rd, f3, rs1, immediate):
    """OP-IMM and OP-IMM-32: shifts have a count of 6 or 5 bits where the others have an immediate."""
    suffix, count = ("w", 5) if is_word else ("", 6)
    high, amount = field(word, 31, 20 + count), field(word, 19 + count, 20)
    arithmetic = 1 << (10 - count)
    if f3 == 1 and high == 0:
        return Instruction("slli" + suffix, rd, rs1, imm=amount)
    if f3 == 5 and high in (0, arithmetic):
        return Instruction(("srai" if high else "srli") + suffix, rd, rs1, imm=amount)
    if f3 in IMMEDIATE and f3 not in (1, 5) and (not is_word or f3 == 0):
        return Instruction(IMMEDIATE[f3] + suffix, rd, rs1, imm=immediate)
    raise Undecodable(f"{word:08x}")


def decode_float(word, opcode, rd, f3, rs1, rs2, f7):
    """Only what fpu.S has; the executor refuses to run them, a contract stands for the functions that contain them."""
    if opcode == 0x07 and f3 == 3:
        return Instruction("fld", rd, rs1, imm=signed(word >> 20, 12))
    if opcode == 0x27 and f3 == 3:
        return Instruction("fsd", 0, rs1, rs2, signed(f7 << 5 | rd, 12))
    if opcode == 0x53 and f7 == 0x79 and rs2 == 0 and f3 == 0:
        return Instruction("fmv.d.x", rd, rs1)
    raise Undecodable(f"{word:08x}")


def decode_compressed(half):
    quadrant, f3 = half & 3, half >> 13
    found = (quadrant_0, quadrant_1, quadrant_2)[quadrant](half, f3)
    if found is None or half == 0:
        raise Undecodable(f"{half:04x}")
    return found._replace(size=2)


def quadrant_0(half, f3):
    """Stack addresses, and loads and stores with registers x8 to x15."""
    small, base = field(half, 4, 2) + 8, field(half, 9, 7) + 8
    word_offset = gather(half, (12, 10, 3), (6, 6, 2), (5, 5, 6))
    double_offset = gather(half, (12, 10, 3), (6, 5, 6))
    if f3 == 0:
        return Instruction("addi", small, 2, imm=gather(half, (10, 7, 6), (12, 11, 4), (5, 5, 3), (6, 6, 2)))
    return {
        1: Instruction("fld", small, base, imm=double_offset), 5: Instruction("fsd", 0, base, small, double_offset),
        2: Instruction("lw", small, base, imm=word_offset), 6: Instruction("sw", 0, base, small, word_offset),
        3: Instruction("ld", small, base, imm=double_offset), 7: Instruction("sd", 0, base, small, double_offset),
    }.get(f3)


def quadrant_1(half, f3):
    rd, small = field(half, 11, 7), field(half, 9, 7) + 8
    immediate = signed(gather(half, (12, 12, 5), (6, 2, 0)), 6)
    if f3 == 0:
        return Instruction("addi", rd, rd, imm=immediate)
    if f3 == 1:
        return Instruction("addiw", rd, rd, imm=immediate) if rd else None
    if f3 == 2:
        return Instruction("addi", rd, 0, imm=immediate)
    if f3 == 3 and rd == 2:
        stack = signed(gather(half, (12, 12, 9), (4, 3, 7), (5, 5, 6), (2, 2, 5), (6, 6, 4)), 10)
        return Instruction("addi", 2, 2, imm=stack)
    if f3 == 3:
        return Instruction("lui", rd, imm=immediate << 12)
    if f3 == 4:
        return arithmetic_1(half, small, immediate)
    if f3 == 5:
        jump = gather(half, (12, 12, 11), (8, 8, 10), (10, 9, 8), (6, 6, 7), (7, 7, 6), (2, 2, 5), (11, 11, 4), (5, 3, 1))
        return Instruction("jal", 0, imm=signed(jump, 12))
    branch = signed(gather(half, (12, 12, 8), (6, 5, 6), (2, 2, 5), (11, 10, 3), (4, 3, 1)), 9)
    return Instruction("beq" if f3 == 6 else "bne", 0, small, 0, branch)


def arithmetic_1(half, rd, immediate):
    kind, rs2 = field(half, 11, 10), field(half, 4, 2) + 8
    if kind < 2:
        return Instruction(("srli", "srai")[kind], rd, rd, imm=immediate & 63)
    if kind == 2:
        return Instruction("andi", rd, rd, imm=immediate)
    op = ("sub", "xor", "or", "and", "subw", "addw", None, None)[gather(half, (12, 12, 2), (6, 5, 0))]
    return Instruction(op, rd, rd, rs2) if op else None


def quadrant_2(half, f3):
    """Whole-register moves and jumps, and what is relative to the stack pointer."""
    rd, rs2 = field(half, 11, 7), field(half, 6, 2)
    if f3 == 0:
        return Instruction("slli", rd, rd, imm=gather(half, (12, 12, 5), (6, 2, 0)))
    if f3 == 2:
        return Instruction("lw", rd, 2, imm=gather(half, (12, 12, 5), (6, 4, 2), (3, 2, 6)))
    if f3 == 3:
        return Instruction("ld", rd, 2, imm=gather(half, (12, 12, 5), (6, 5, 3), (4, 2, 6)))
    if f3 == 6:
        return Instruction("sw", 0, 2, rs2, gather(half, (12, 9, 2), (8, 7, 6)))
    if f3 == 7:
        return Instruction("sd", 0, 2, rs2, gather(half, (12, 10, 3), (9, 7, 6)))
    if f3 != 4:
        return None
    if field(half, 12, 12) == 0:
        return Instruction("add", rd, 0, rs2) if rs2 else Instruction("jalr", 0, rd)
    if rs2:
        return Instruction("add", rd, rd, rs2)
    return Instruction("jalr", 1, rd) if rd else Instruction("ebreak")
