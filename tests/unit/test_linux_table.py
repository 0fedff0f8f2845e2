"""The table of Linux's system calls: sound, complete against the host's headers, and the manual made from it is current."""

import os
import re
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tools"))

import linuxabi     # noqa: E402  (found by the line above)

LAST = 450          # set_mempolicy_home_node, the last one of Linux 6.1
COMPILERS = {"x86_64": "x86_64-linux-gnu-gcc", "riscv64": "riscv64-linux-gnu-gcc"}


def uapi_numbers(compiler):
    """Name to number of every __NR_ of the compiler's kernel headers, up to the last that the table knows."""
    names = subprocess.run([compiler, "-E", "-dM", "-include", "asm/unistd.h", "-"], input="", capture_output=True, text=True, check=True)
    names = re.findall(r"#define __NR_(\w+) ", names.stdout)
    source = "#include <asm/unistd.h>\n" + "".join(f"=={n} __NR_{n}\n" for n in names)
    values = subprocess.run([compiler, "-E", "-P", "-"], input=source, capture_output=True, text=True, check=True).stdout
    found = {}
    for name, value in re.findall(r"^==(\w+) (.*)$", values, re.M):
        if re.fullmatch(r"[\d()+ ]+", value):
            found[name] = sum(int(d) for d in re.findall(r"\d+", value))
    return {n: v for n, v in found.items() if v <= LAST and n not in ("syscalls", "arch_specific_syscall")}


def compare(isa, calls):
    """One line of a report: the table's numbers against the headers'."""
    wanted = uapi_numbers(COMPILERS[isa])
    table = {c.name: c.numbers[isa] for c in calls if isa in c.numbers}
    differ = [n for n in sorted(set(wanted) | set(table)) if wanted.get(n) != table.get(n)]
    wrong = [f"{n} is {wanted.get(n)}, the table says {table.get(n)}" for n in differ]
    print(f"not ok numbers of {isa}: " + "; ".join(wrong[:5]) if wrong else f"ok numbers of {isa}")


def main():
    """All checks."""
    calls, _ = linuxabi.load()
    for isa in linuxabi.ISAS:
        compare(isa, calls)
    return subprocess.run([sys.executable, os.path.join(TOP, "tools/linuxabi.py"), "--check"], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
