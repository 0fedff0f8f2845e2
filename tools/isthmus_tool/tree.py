"""Where things are, and what differs between the ISAs that Isthmus runs on."""

import os
from dataclasses import dataclass

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


@dataclass(frozen=True)
class Isa:
    """One target: how its ELF files are marked, which QEMU runs it, and what gdb calls it."""

    name: str
    elf_machine: int        # e_machine
    elf_name: str           # as an error message says it
    qemu: tuple             # command and machine
    compiler: str           # for Linux programs of this ISA, named in advice


ISAS = {
    isa.name: isa
    for isa in (
        Isa("x86_64", 62, "x86-64", ("qemu-system-x86_64", "-machine", "q35", "-cpu", "max"), "gcc"),
        Isa("riscv64", 243, "RISC-V 64", ("qemu-system-riscv64", "-machine", "virt", "-cpu", "rv64"),
            "riscv64-linux-gnu-gcc"),
    )
}
DEFAULT_ISA = "x86_64"


def build_dir(isa, variant):
    """Where make puts what belongs to one ISA and variant."""
    return os.path.join(TOP, "build", isa.name, variant)


def kernel_of(isa, variant):
    """The kernel's ELF file."""
    return os.path.join(build_dir(isa, variant), "kernel.elf")


def programs_of(isa, variant, *areas):
    """The built user programs below the given areas, as (path without .elf, file), sorted."""
    base = build_dir(isa, variant)
    found = []
    for area in areas:
        for folder, _, files in os.walk(os.path.join(base, area)):
            found += [os.path.join(folder, f) for f in files if f.endswith(".elf")]
    return sorted((os.path.relpath(f, base)[:-len(".elf")], f) for f in found)
