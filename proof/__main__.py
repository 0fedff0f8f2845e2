"""python3 -m proof [--json] [--elf FILE] [OPERATION ...]: proves the kernel's operations, all of them by default."""

import argparse
import json
import sys
from pathlib import Path

from proof import constants, report
from proof.layout import Layout
from proof.operations import OPERATIONS
from proof.prover import Prover

TOP = Path(__file__).resolve().parent.parent


def main():
    parser = argparse.ArgumentParser(prog="proof", description=__doc__)
    parser.add_argument("operation", nargs="*", help="default: all")
    parser.add_argument("--json", action="store_true", help="a list of objects instead of the table")
    parser.add_argument("--elf", default=TOP / "build/riscv64/release/kernel.elf", type=Path)
    parser.add_argument("--list", action="store_true", help="only names the operations")
    options = parser.parse_args()
    unknown = [name for name in options.operation if name not in OPERATIONS]
    if unknown:
        parser.error(f"no operation {' '.join(unknown)}; there are: {' '.join(OPERATIONS)}")
    if options.list:
        print("\n".join(OPERATIONS))
        return 0
    layout = Layout(options.elf)
    numbers = {**layout.constants, **constants.macros(TOP), **constants.abi(TOP)}
    results = []
    if not options.json:
        print(report.heading(), flush=True)
    for name in options.operation or OPERATIONS:
        result = Prover(name, layout, numbers).prove(show_progress(name))
        results.append(result)
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr)
        if not options.json:
            print(report.row(result), flush=True)
        if result.failure:
            print(report.failure_text(result.failure), file=sys.stderr, flush=True)
    if options.json:
        print(json.dumps([report.as_object(result) for result in results], indent=1))
    return 0 if all(result.status == "proved" for result in results) else 1


def show_progress(name):
    def show(text):
        if sys.stderr.isatty():
            print(f"\r\033[K{name}: {text}", end="", file=sys.stderr, flush=True)
    return show


if __name__ == "__main__":
    sys.exit(main())
