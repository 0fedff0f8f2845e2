#!/usr/bin/python3
"""Static programs of glibc, and where Debian has a compiler for it of musl, against the same program on this machine."""
# limit: 900

from support.compare import ARCH, Compare, build

compare = Compare()
COMPILERS = {"x86_64": {"glibc": "gcc", "musl": "musl-gcc"}, "riscv64": {"glibc": "riscv64-linux-gnu-gcc"}}
PROGRAMS = {"libc_memory.c": [], "libc_text.c": [], "libc_signals.c": [], "libc_processes.c": [], "libc_floats.c": ["-lm"]}


def check(libc, compiler, source, *flags):
    """Compares one program, made with these flags."""
    program = build(source, *flags, compiler=compiler)
    native = program if ARCH == "x86_64" else build(source, *flags)
    words = ["one", "two words"]
    compare.program(f"{libc} {source[5:-2]} {flags[0][1:]}", [program, *words], native=[native, *words], stdin=b"some\ninput\n")


for library, cross in COMPILERS[ARCH].items():
    for name, libraries in PROGRAMS.items():
        check(library, cross, name, "-static", *libraries)
if ARCH == "x86_64":    # Debian's cross compiler has no start-up code for static programs that can be loaded anywhere
    check("glibc", "gcc", "libc_memory.c", "-static-pie")
