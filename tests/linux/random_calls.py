# limit: 300
"""A few thousand random system calls of children; the parent must find everything in order afterwards."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "support"))

from compare import ARCH, Compare, build     # noqa: E402  (found by the line above)

COMPILERS = {"x86_64": "gcc", "riscv64": "riscv64-linux-gnu-gcc"}
SEEDS, CHILDREN, CALLS = (1, 2), 40, 300


def main():
    """One boot a seed."""
    program = build("random.c", "-static", "-Wno-unused-result", compiler=COMPILERS[ARCH])
    for seed in SEEDS:
        Compare().expect(f"seed {seed}", [program, str(seed), str(CHILDREN), str(CALLS)], 0, b"sound\n", limit=120)


if __name__ == "__main__":
    main()
