#!/usr/bin/python3
"""riscv64's IPC fast path runs with sp at the thread's frame: its code must not touch the stack."""
import os
import re
import subprocess

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def main():
    for variant in ("debug", "release"):
        path = f"build/riscv64/{variant}/obj/kernel/fastpath.c.o"
        subprocess.run(["make", "-s", "-C", TOP, "ARCH=riscv64", f"VARIANT={variant}", path], check=True, stdout=subprocess.DEVNULL)
        text = subprocess.run(["riscv64-linux-gnu-objdump", "-d", os.path.join(TOP, path)], check=True, capture_output=True,
                              text=True).stdout
        touched = [line for line in text.splitlines() if re.search(r"\bsp\b|\bs0\b", line.split("#")[0])]
        name = f"no stack in the fast path, {variant}"
        print(f"ok {name}" if len(text) > 2000 and not touched else f"not ok {name}: {touched[:3]}")


main()
