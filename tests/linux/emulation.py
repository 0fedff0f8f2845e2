# limit: 900
"""System calls one by one, results and errors: programs of programs/ with glibc and musl, here and in Isthmus."""

import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "support"))

from compare import ARCH, Compare, build     # noqa: E402  (found by the line above)

PROGRAMS = ("files", "io", "process", "signals", "memory", "system")
COMPILERS = {"x86_64": (("glibc", "gcc"), ("musl", "musl-gcc")), "riscv64": (("glibc", "riscv64-linux-gnu-gcc"),)}
FLAGS = ("-static", "-Wno-unused-result")


def main():
    """Each program with each C library of the ISA; what the host says is that of its own build of the same."""
    compare = Compare()
    for library, compiler in COMPILERS[ARCH]:
        if not shutil.which(compiler):
            print(f"not ok {library}: no {compiler} on this machine")
            continue
        for name in PROGRAMS:
            program = build(name + ".c", *FLAGS, compiler=compiler)
            native = program if ARCH == "x86_64" else build(name + ".c", *FLAGS)
            compare.program(f"{library} {name}", [program], native=[native])


if __name__ == "__main__":
    main()
