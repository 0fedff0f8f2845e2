# limit: 240
"""100,000 random and mutated Linux calls: the services stay up, and programs run afterwards as before."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "support"))

from compare import ARCH, Compare, build     # noqa: E402  (found by the line above)

COMPILER = {"x86_64": "gcc", "riscv64": "riscv64-linux-gnu-gcc"}[ARCH]


def storm(seed, calls, limit):
    """One boot. The same seed gives the same calls, as far as a child gets before it must be ended."""
    program = build("storm.c", "-static", "-Wno-unused-result", compiler=COMPILER)
    Compare().expect(f"seed {seed}", [program, str(seed), str(calls)], 0, b"sound\n", limit=limit)


if __name__ == "__main__":
    storm(1, 100_000, 120)
