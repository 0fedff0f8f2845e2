"""`prove`: checks the specification, compares it with the running kernel, and proves operations of the binary that boots.

Three parts, each with its own program: `make -C spec` (Coq checks the theorems and extracts the model), tests/model/differential.py
(random system calls in QEMU against the model), and `python3 -m proof` (symbolic execution of the riscv64 release kernel).
"""

import os
import subprocess
import sys

from . import packages
from .build import build
from .errors import ToolError
from .progress import waiting
from .tree import ISAS, TOP

STEPS = 5000        # of the comparison on each ISA


def prove(options):
    """All three parts, or the proof of the named operations only. The status is 0 if everything held."""
    packages.ensure("build", "build-riscv64", "prove")
    build(ISAS["riscv64"], "release", "bench")
    if not options.operations:
        packages.ensure("specify")
        specification()
        for isa in sorted(ISAS.values(), key=lambda isa: isa.name):
            compare(isa)
    command = [sys.executable, "-m", "proof", *(["--json"] if options.json else []), *options.operations]
    return subprocess.run(command, cwd=TOP, check=False).returncode


def specification():
    """Coq checks the theorems; the model is built. Only what changed is done again."""
    with waiting("checking the specification's theorems, and building its model"):
        made = subprocess.run(["make", "-s", "-C", os.path.join(TOP, "spec")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, check=False)
    if made.returncode:
        raise ToolError(f"the specification does not check:\n{made.stdout}", do="make -C spec", status=1)


def compare(isa):
    """The kernel on this ISA against the model."""
    packages.ensure("build-" + isa.name, "qemu-" + isa.name)
    build(isa, "debug", "system")
    with waiting(f"comparing the kernel on {isa.name} with its specification"):
        ran = subprocess.run([sys.executable, os.path.join(TOP, "tests/model/differential.py"), "--arch", isa.name, "--steps", str(STEPS)],
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    print(ran.stdout, end="", file=sys.stderr)
    if ran.returncode or "not ok" in ran.stdout:
        raise ToolError(f"the kernel on {isa.name} and its specification disagree", do="read the sequence above", status=1)
