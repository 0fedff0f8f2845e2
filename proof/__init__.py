"""Proofs about the machine code of the kernel that boots (riscv64, release).

    decoder     instructions of the ELF file
    layout      tables, views of frames, constants and source lines, from DWARF
    linear      64-bit values as sums, so that an address splits into table, index and offset
    memory      the kernel's state as one map a field
    machine     registers, control and status registers, one path's state
    executor    runs a path, splits at branches, proves every access
    invariant   the named predicates that every entry may assume and must preserve
    operations  what is proved: entry, assumptions, what must hold at the end
    prover      the theorems of one operation
    cache, report, __main__     python3 -m proof

What is trusted is in ASSUMPTIONS.md.
"""
