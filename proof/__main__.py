"""python3 -m proof [--json] [--elf FILE] [OPERATION ...]: proves the kernel's operations, all of them by default."""

import argparse
import json
import os
import sys
from pathlib import Path

from proof import constants, report
from proof.cache import Cache
from proof.contracts import THEOREMS
from proof.layout import Layout
from proof.operations import OPERATIONS
from proof.prover import Prover, Result

TOP = Path(__file__).resolve().parent.parent


def main():
    parser = argparse.ArgumentParser(prog="proof", description=__doc__)
    parser.add_argument("operation", nargs="*", help="default: all")
    parser.add_argument("--json", action="store_true", help="a list of objects instead of the table")
    parser.add_argument("--elf", default=TOP / "build/riscv64/release/kernel.elf", type=Path)
    parser.add_argument("--invariant", action="store_true", help="by default also the theorems that take long: NAME:invariant")
    parser.add_argument("--again", action="store_true", help="proves anew what the cache in build/proof has")
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
    sources = [*Path(__file__).parent.glob("*.py"), *(TOP / "build/proof/terms").glob("*.json")]
    remembered = Cache(TOP / "build/proof", sources, layout, numbers)
    session = Session(layout, numbers, remembered, options.again)
    results = []
    if not options.json:
        print(report.heading(), flush=True)
    default = [name for name in OPERATIONS if options.invariant or not name.endswith(":invariant")]
    for name in options.operation or default:
        result = session.prove(name)
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


class Session:
    """Proves operations, those that others rest on first, each once."""

    def __init__(self, layout, numbers, remembered, again):
        self.layout, self.numbers, self.remembered, self.again, self.done = layout, numbers, remembered, again, {}

    def prove(self, name):
        if name not in self.done:
            bounds = self.bounds(name)
            text = name + repr(sorted(bounds.items()))  # what it rests on is a part of what was proved
            stored = None if self.again else self.remembered.find(text)
            self.done[name] = Result(**stored) if stored else self.prove_now(name, bounds, text)
        return self.done[name]

    def prove_now(self, name, bounds, text):
        prover = Prover(name, self.layout, self.numbers, bounds)
        result = prover.prove(show_progress(name))
        if result.status == "proved":
            self.remembered.store(text, result._asdict(), prover.executor)
        return result

    def bounds(self, name):
        """Of the functions whose contracts this theorem may use: those proved before it in the order of CONTRACTS."""
        found = {}
        if not OPERATIONS[name].looks_up:
            return found
        for function, theorems in THEOREMS.items():
            if name in theorems:
                break
            results = [self.prove(theorem) for theorem in theorems]
            if all(result.status == "proved" for result in results):
                found[function] = (max(r.max_instructions for r in results), max(r.stack for r in results))
        return found


def show_progress(name):
    def show(text):
        if sys.stderr.isatty():
            print(f"\r\033[K{name}: {text}", end="", file=sys.stderr, flush=True)
    return show


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)  # the solver's terms are not worth the time that freeing them one by one takes
