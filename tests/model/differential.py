"""Compares the kernel with the executable specification: tests/system/model makes pseudo-random system calls in QEMU, and the model
(spec/, built by make -C spec) replays them.

    tests/model/differential.py [--arch ISA] [--steps N] [--seed N] [--runs N] [--variant debug|release] [--long]

Needs coq and ghc (with containers and bytestring).  ISTHMUS_MODEL names another model than build/spec/model.  A disagreement is shrunk to a short sequence and printed.  Reports in the tests' protocol: `ok NAME`, `not ok NAME: why`.
"""

import argparse
import os
import struct
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tools"))
sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
from isthmus_tool.build import build  # noqa: E402
from isthmus_tool.bundle import bundle_file  # noqa: E402
from isthmus_tool.cpio import Writer  # noqa: E402
from isthmus_tool.machine import Machine  # noqa: E402
from isthmus_tool.pump import Pump  # noqa: E402
from isthmus_tool.tree import ISAS, build_dir, kernel_of  # noqa: E402
from isthmus_tool.wire import FROM_GUEST, Decoder, Lines  # noqa: E402

MODEL = os.environ.get("ISTHMUS_MODEL") or os.path.join(TOP, "build", "spec", "model")
CASE = "tests/system/model"
PRELUDE = 10            # steps that the rest depends on
SHRINK_s = 240


class Run:
    """One boot, and what the model says about its log."""

    def __init__(self, options, isa, seed, steps, chosen=None):
        self.ended, self.tail, self.log = False, [], bytearray()
        bundle = bundle_file()
        archive = Writer(bundle)
        archive.host_file("root", os.path.join(build_dir(isa, options.variant), CASE + ".elf"), 0o755)
        if chosen is not None:
            archive.file("steps", struct.pack(f"<{len(chosen)}I", *chosen))
        archive.end()
        bundle.flush()
        bundle.seek(0)
        line = f"cells=1024 log=1 seed={seed} steps={steps}"
        with bundle, Machine(isa, kernel_of(isa, options.variant), bundle, "64M", 1, line) as machine:
            self._watch(machine, 60 + steps / 500)
        self._compare()

    def _watch(self, machine, limit_s):
        pump, lines = Pump(machine), Lines()
        pump.decoder = Decoder(FROM_GUEST + "m")

        def reported(data):
            if "done" in lines.feed(data):
                pump.finish("done")
        pump.on["m"], pump.on["r"] = self._take, reported
        self.heard = time.monotonic()
        while not (pump.finished or pump.closed) and time.monotonic() < self.heard + 4 and limit_s > 0:
            pump.late = False
            pump.loop(time.monotonic() + 1)
        self.ended, self.tail = pump.finished, pump.log_tail(6)

    def _take(self, data):
        self.log += data
        self.heard = time.monotonic()

    def _compare(self):
        with tempfile.NamedTemporaryFile(prefix="isthmus-model-") as file:
            file.write(self.log)
            file.flush()
            said = subprocess.run([MODEL, file.name], capture_output=True, text=True, check=False)
        words, *self.words = (said.stdout or "nothing 0").splitlines()
        self.counts = [tuple(map(int, w.split()[1:])) for w in self.words if w.startswith("#")]
        self.words = [w for w in self.words if not w.startswith("#")]
        verdict, self.steps = words.split()[0], int(words.split()[1])
        self.agrees = verdict == "agree"
        if said.returncode:
            self.words.append(f"the model ended with status {said.returncode}: {said.stderr.strip()}")
            self.agrees = False

    def fine(self):
        """Did the kernel go on to the end, and did the model agree throughout?"""
        return self.agrees and self.ended

    def why(self):
        """What went wrong, in lines."""
        if not self.agrees:
            return [f"after {self.steps} steps kernel and model disagree:", *self.words]
        return [f"the kernel stopped after {self.steps} steps; the last of them:", *self.words, "the kernel's log ends:", *self.tail]


def shrink(options, isa, seed, failed):
    """A short list of steps that still fails, and its run."""
    steps, best = list(range(failed.steps + 1)), failed
    end, size = time.monotonic() + SHRINK_s, max(1, len(steps) // 2)
    while size and time.monotonic() < end:
        at = len(steps) - size
        while at >= PRELUDE and time.monotonic() < end:
            fewer = steps[:at] + steps[at + size:]
            run = Run(options, isa, seed, len(fewer), fewer)
            if not run.fine():
                steps, best = fewer[:run.steps + 1], run
                at = min(at, len(steps))
            at -= size
        size //= 2
    return steps, best


def compare(options, isa, seed):
    """One seed on one ISA; returns whether kernel and model agree."""
    began = time.monotonic()
    run = Run(options, isa, seed, options.steps)
    name = f"kernel and specification ({isa.name}, seed {seed})"
    if run.fine():
        print(f"ok {name}, {run.steps} steps", flush=True)
        print(f"# {run.steps / (time.monotonic() - began):.0f} steps a second, log {len(run.log)} bytes", flush=True)
        if options.counts:
            show_counts(run.counts)
        return True
    print(f"not ok {name}: {run.why()[0]}")
    if options.shrink:
        steps, run = shrink(options, isa, seed, run)
        print(f"  shrunk to {len(steps)} steps" + (f": {steps}" if len(steps) < 100 else ""))
    for line in run.why()[1:]:
        print("  " + line, flush=True)
    return False


def show_counts(counts):
    """Which operations were made how often, and how often each error came."""
    of = {}
    for operation, status, count in counts:
        of.setdefault(operation, {})[status] = count
    for operation, by_status in sorted(of.items()):
        done = by_status.pop(0, 0)
        print(f"# operation {operation:3}: {done:7} ok, " + ", ".join(f"{s}: {n}" for s, n in sorted(by_status.items())))


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--arch", choices=sorted(ISAS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=1, help="seeds, one after the other")
    parser.add_argument("--steps", type=int, default=20000)
    parser.add_argument("--variant", default="debug", choices=("debug", "release"))
    parser.add_argument("--long", action="store_true", help="a million steps an ISA")
    parser.add_argument("--counts", action="store_true", help="print how often each operation had each status")
    parser.add_argument("--no-shrink", dest="shrink", action="store_false")
    options = parser.parse_args()
    if options.long:
        options.steps, options.runs = 100000, 10
    if "ISTHMUS_MODEL" not in os.environ:
        subprocess.run(["make", "-s", "-C", os.path.join(TOP, "spec"), "../build/spec/model"], check=True, stdout=subprocess.DEVNULL)
    isas = [ISAS[options.arch]] if options.arch else list(ISAS.values())
    for isa in isas:
        build(isa, options.variant, "system")
    good = [compare(options, isa, options.seed + i) for isa in isas for i in range(options.runs)]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
