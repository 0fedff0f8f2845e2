"""Calls make. One build at a time in a tree, however many `./isthmus` run."""

import fcntl
import os
import subprocess
import sys

from .errors import ToolError
from .progress import waiting
from .tree import TOP, kernel_of


class BuildError(ToolError):
    """Make failed; `log` is what it printed."""

    def __init__(self, isa, variant, log):
        words = f":\n{log.rstrip()}" if log else "; its words are above"
        super().__init__(f"the build for {isa.name} ({variant}) failed{words}",
                         do=f"mend the error above; `make ARCH={isa.name} VARIANT={variant} V=1` shows the commands")
        self.log = log


def build(isa, variant, goal="all", show=False):
    """Brings build/<arch>/<variant> up to date: all of it, only `system` (kernel and system tests) or `gen` (headers), or
    with `linux` what running Linux programs needs besides.

    `show` prints a line a step; else only an error is seen.
    """
    os.makedirs(os.path.join(TOP, "build"), exist_ok=True)
    environment = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "ARCH", "VARIANT")}
    command = ["make", "-C", TOP, "--no-print-directory", f"-j{os.cpu_count() or 1}",
               f"ARCH={isa.name}", f"VARIANT={variant}", f"PYTHON={sys.executable}", goal]
    with open(os.path.join(TOP, "build", "lock"), "w", encoding="ascii") as lock, \
            waiting(f"building {isa.name} {variant}"):
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, text=True, errors="replace", check=False,
                              stdout=sys.stdout if show else subprocess.PIPE,
                              stderr=sys.stderr if show else subprocess.STDOUT)
    if made.returncode:
        raise BuildError(isa, variant, made.stdout or "")
    if goal != "gen" and not os.path.exists(kernel_of(isa, variant)):
        raise BuildError(isa, variant, "no kernel.elf was made: no sources below kernel/")
