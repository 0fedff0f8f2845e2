#!/usr/bin/python3
"""Compiles every Python file of the tree, so that a slip in a tool that is rarely used shows at once.

Prints the lines of a test: `ok NAME` or `not ok NAME: why`.
"""

import os
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LEAVE = {"build", ".git", "__pycache__"}


def main():
    """Checks them all; 1 if one is wrong."""
    bad = 0
    for folder, folders, files in os.walk(TOP):
        folders[:] = sorted(f for f in folders if f not in LEAVE)
        for name in sorted(f for f in files if f.endswith(".py")):
            path = os.path.join(folder, name)
            shown = os.path.relpath(path, TOP)
            try:
                with open(path, "rb") as source:
                    compile(source.read(), shown, "exec", dont_inherit=True)
                print(f"ok {shown}")
            except (SyntaxError, ValueError) as error:
                bad += 1
                print(f"not ok {shown}: {error}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
