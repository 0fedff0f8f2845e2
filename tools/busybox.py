#!/usr/bin/python3
"""Builds Debian's static busybox for another ISA from Debian's source package.

  tools/busybox.py --cross riscv64-linux-gnu- --out build/riscv64/busybox

Configured as Debian's package busybox-static is, so that what scripts find on x86_64, where that package is used, is there too.
Leaves beside it `busybox.links`, the paths of its commands, a line each: a program of another ISA cannot be asked for them here.
"""

import argparse
import os
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True

from debsource import SourceError, fetch

FLAVOUR = "debian/config/pkg/static"


def main():
    """Makes it, or says why not."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--cross", required=True, metavar="PREFIX", help="what the compiler's name starts with")
    options.add_argument("--out", required=True, metavar="FILE")
    options.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    given = options.parse_args()
    out = os.path.abspath(given.out)
    folder = out + ".source"
    os.makedirs(folder, exist_ok=True)
    try:
        version = fetch("busybox", folder)
        compile_in(os.path.join(folder, "busybox"), given.cross, version, given.jobs)
    except SourceError as error:
        sys.exit(f"tools/busybox.py: {error}")
    shutil.copyfile(os.path.join(folder, "busybox", "busybox.links"), out + ".links")
    shutil.copy(os.path.join(folder, "busybox", "busybox"), out)
    shutil.rmtree(folder)


def compile_in(folder, cross, version, jobs):
    """Configures and compiles. Its make files take any of our variables for their own, so they see a clean environment."""
    shutil.copyfile(os.path.join(folder, FLAVOUR), os.path.join(folder, ".config"))
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    environment |= {"LC_ALL": "C", "CROSS_COMPILE": cross, "KCONFIG_NOTIMESTAMP": "1"}
    # Two goals at once do not work with -j; the answer to each new question of the configuration is its default.
    for words in (["silentoldconfig"], ["busybox", f"-j{jobs}", f"BB_EXTRA_VERSION=Debian {version}"], ["busybox.links"]):
        made = subprocess.run(["make", "-C", folder, *words], input="\n" * 1000, env=environment, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
        if made.returncode:
            raise SourceError(f"make {words[0]} failed:\n" + "\n".join(made.stdout.splitlines()[-30:]))


if __name__ == "__main__":
    main()
