#!/usr/bin/python3
"""The prover's decoder against objdump, over every instruction of the riscv64 release kernel, or another ELF file that is given."""

import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, TOP)
KERNEL = "build/riscv64/release/kernel.elf"

from proof.decoder import BRANCHES, LOADS, STORES, Undecodable, decode  # noqa: E402

NAMES = ("zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6").split()
FLOATS = ("ft0 ft1 ft2 ft3 ft4 ft5 ft6 ft7 fs0 fs1 fa0 fa1 fa2 fa3 fa4 fa5 fa6 fa7 fs2 fs3 fs4 fs5 fs6 fs7 fs8 fs9 fs10 fs11 "
          "ft8 ft9 ft10 ft11").split()
CSRS = {"fcsr": 0x003, "sstatus": 0x100, "sie": 0x104, "stvec": 0x105, "scounteren": 0x106, "sscratch": 0x140, "sepc": 0x141,
        "scause": 0x142, "stval": 0x143, "sip": 0x144, "stimecmp": 0x14d, "satp": 0x180, "time": 0xc01}
LINE = re.compile(r"^([0-9a-f]+):\t([0-9a-f]+) +\t(\S+)(?:\t([^#<]*))?")


def result(name, ok, why=""):
    print(f"ok {name}" if ok else f"not ok {name}: {' '.join(why.split())[-300:]}", flush=True)


def as_objdump(i, address):
    """The operands as `objdump -M no-aliases` prints them for the instruction that is not compressed."""
    x, f = NAMES, FLOATS
    if i.op in BRANCHES.values():
        return [x[i.rs1], x[i.rs2], f"{address + i.imm & (1 << 64) - 1:x}"]
    if i.op in ("fld", "fsd"):
        return [f[i.rd if i.op == "fld" else i.rs2], f"{i.imm}({x[i.rs1]})"]
    if i.op in LOADS.values() or i.op == "jalr":
        return [x[i.rd], f"{i.imm}({x[i.rs1]})"]
    if i.op in STORES.values():
        return [x[i.rs2], f"{i.imm}({x[i.rs1]})"]
    if i.op == "jal":
        return [x[i.rd], f"{address + i.imm & (1 << 64) - 1:x}"]
    if i.op in ("lui", "auipc"):
        return [x[i.rd], f"0x{i.imm >> 12 & 0xfffff:x}"]
    if i.op.startswith("csr"):
        csr = next((name for name, number in CSRS.items() if number == i.imm), hex(i.imm))
        return [x[i.rd], csr, str(i.rs1) if i.op.endswith("i") else x[i.rs1]]
    if i.op in ("ecall", "ebreak", "sret", "wfi", "fence.i"):
        return []
    if i.op == "fence":
        return None
    if i.op == "sfence.vma":
        return [x[i.rs1], x[i.rs2]]
    if i.op == "sc.d":
        return [x[i.rd], x[i.rs2], f"({x[i.rs1]})"]
    if i.op == "fmv.d.x":
        return [f[i.rd], x[i.rs1]]
    if i.op in ("slli", "srli", "srai", "slliw", "srliw", "sraiw"):
        return [x[i.rd], x[i.rs1], hex(i.imm)]
    if i.op.rstrip("w").endswith("i") or i.op == "sltiu":
        return [x[i.rd], x[i.rs1], str(i.imm)]
    return [x[i.rd], x[i.rs1], x[i.rs2]]


def uncompress(op, args):
    """What a c.* instruction of objdump abbreviates."""
    op = op[2:]
    if op == "li":
        return "addi", [args[0], "zero", args[1]]
    if op == "mv":
        return "add", [args[0], "zero", args[1]]
    if op in ("beqz", "bnez"):
        return op[:-1], [args[0], "zero", args[1]]
    if op == "j":
        return "jal", ["zero", args[0]]
    if op in ("jr", "jalr"):
        return "jalr", ["zero" if op == "jr" else "ra", f"0({args[0]})"]
    if op == "addi4spn":
        return "addi", args
    if op == "addi16sp":
        return "addi", [args[0], args[0], args[1]]
    if op == "nop":
        return "addi", ["zero", "zero", args[0] if args else "0"]
    if op in ("lwsp", "ldsp", "swsp", "sdsp"):
        return op[:2], args
    if op in ("lw", "ld", "sw", "sd", "fld", "fsd", "lui", "ebreak"):
        return op, args
    return op, [args[0]] + args if len(args) == 2 else args


def main():
    elf = sys.argv[1] if len(sys.argv) > 1 else KERNEL
    if len(sys.argv) < 2:
        made = subprocess.run(["make", "-s", "ARCH=riscv64", "VARIANT=release", KERNEL], cwd=TOP, capture_output=True, text=True, check=False)
        if made.returncode:
            result("the kernel builds", False, made.stderr)
            return
    text = subprocess.run(["riscv64-linux-gnu-objdump", "-d", "-M", "no-aliases", elf], cwd=TOP, capture_output=True, text=True,
                          check=True).stdout
    count, wrong, ops = 0, [], set()
    for line in text.splitlines():
        found = LINE.match(line.strip())
        if not found or found[3].startswith((".", "unimp", "c.unimp")):
            continue
        address, word, op = int(found[1], 16), int(found[2], 16), found[3]
        args = [a.strip() for a in (found[4] or "").split(",") if a.strip()]
        args = [re.sub(r"^0x(?=[0-9a-f]{16}$)", "", a) for a in args]
        if op.startswith("c."):
            op, args = uncompress(op, args)
        count += 1
        try:
            mine = decode(word)
        except Undecodable:
            wrong.append(f"{found[1]}: {found[2]} {op} is not decoded")
            continue
        expected = as_objdump(mine, address)
        ops.add(mine.op)
        if mine.op != op or mine.size != len(found[2]) // 2 or expected is not None and expected != args:
            wrong.append(f"{found[1]}: {found[2]} objdump {op} {args}, decoder {mine.op} {expected}")
    result(f"every instruction of the kernel decodes as objdump says ({count} instructions, {len(ops)} kinds)",
           count > 1000 and not wrong, f"{len(wrong)} of {count} differ, first: " + "; ".join(wrong[:4]))


if __name__ == "__main__":
    main()
