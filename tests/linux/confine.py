# limit: 300
"""A thousand processes one after another leave nothing behind; a fork bomb and a memory hog take only their share."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "support"))

from compare import ARCH, Compare, build     # noqa: E402  (found by the line above)

COMPILER = {"x86_64": "gcc", "riscv64": "riscv64-linux-gnu-gcc"}[ARCH]


def main():
    """Each in a machine of its own."""
    compare = Compare()
    compare.expect("1,000 processes", [build("cycles.c", "-static", compiler=COMPILER), "1000"], 0, b"even\n", limit=120)
    compare.expect("bomb and hog", [build("confine.c", "-static", compiler=COMPILER)], 0, b"confined\n", limit=120)


if __name__ == "__main__":
    main()
