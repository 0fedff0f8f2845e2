"""`bench`: the kernel's paths in instructions, beside what seL4 takes for the same.

The machine runs with `-icount shift=0`, so that its counter advances by one an instruction and three runs agree to the digit.
"""

import json
import time

from . import packages
from .build import build
from .bundle import for_test
from .errors import ToolError
from .machine import Machine
from .progress import waiting
from .pump import Pump
from .tree import kernel_of
from .wire import Lines

CASE = "bench/kernel"
LIMIT_s = 120
ICOUNT = ("-icount", "shift=0")

# seL4 16.0.0-dev of August 2026, gcc 12.2 -O2, release, fast path on, one core: measured in the same QEMU in the same way.
# name -> instructions on riscv64, x86_64. No entry: seL4 has nothing of the kind, or it was not measured.
SEL4 = {
    "call": (250, 189), "reply_recv": (287, 215), "round_trip": (541, 409),
    "send_to_more_urgent": (852, 731), "signal_more_urgent_waiter": (611, 536), "signal_less_urgent_waiter": (886, 636),
    "signal_no_waiter": (446, 385), "poll_empty": (303, 253), "wait_blocks_other_resumes": (579, 432),
    "yield_alone": (464, 282), "yield_to_other_space": (422, 258),
    "undefined_to_handler": (962, 629), "undefined_back": (778, 723), "page_fault_round_trip": (1423, 1251),
    "cap_copy": (903, 857), "cap_delete": (857, 740), "endpoint_create": (1054, 883), "endpoint_destroy": (886, 760),
    "page_map": (742, 762), "page_unmap": (690, 605),
}


def bench(options, isas):
    """Measures on each ISA, and prints a table or JSON."""
    rows = [row for isa in isas for row in measure(isa)]
    print(json.dumps(rows, indent=1) if options.json else table(rows))
    return 0


def measure(isa):
    """A list of objects: name, arch, instructions, baseline (or null), ratio (or null)."""
    packages.ensure("build", "build-" + isa.name, "qemu-" + isa.name)
    build(isa, "release", "bench")
    lines, rows = Lines(), []
    with waiting(f"measuring {isa.name}"), for_test(isa, "release", CASE, []) as image, \
            Machine(isa, kernel_of(isa, "release"), image, extra=ICOUNT) as machine:
        pump = Pump(machine)

        def reported(data):
            for line in lines.feed(data):
                words = line.split()
                if words[:1] == ["row"] and len(words) == 3:
                    rows.append(row_of(isa, words[1], int(words[2])))
                elif line == "done":
                    pump.finish("done")
                elif words:
                    raise ToolError(f"the measurement on {isa.name} failed: {line}")
        pump.on["r"] = reported
        pump.loop(time.monotonic() + LIMIT_s)
    if not pump.finished or not rows:
        raise ToolError(f"the measurement on {isa.name} did not end: {machine.epitaph()}", do="./isthmus test system/start")
    return rows


def row_of(isa, name, instructions):
    """One result beside seL4's."""
    baseline = SEL4.get(name, (None, None))[isa.name == "x86_64"]
    return {"name": name, "arch": isa.name, "instructions": instructions, "baseline": baseline,
            "ratio": round(instructions / baseline, 2) if baseline else None}


def table(rows):
    """The rows as text: one line a result, aligned."""
    head = ("", "arch", "instructions", "seL4", "ratio")
    lines = [head] + [(r["name"].replace("_", " "), r["arch"], str(r["instructions"]), str(r["baseline"] or "-"),
                       f"{r['ratio']:.2f}" if r["ratio"] else "-") for r in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    return "\n".join("  ".join(cell.ljust(w) if i < 2 else cell.rjust(w) for i, (cell, w) in enumerate(zip(line, widths))).rstrip()
                     for line in lines)
