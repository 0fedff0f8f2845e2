"""What the host must have, by purpose; and getting it, so that one command is enough on a fresh Debian.

Presence is decided by looking for one file of each package, not by asking dpkg: that takes microseconds, and a user
who installed the compiler in another way is not told to install it again.
"""

import os
import shutil
import subprocess
import sys

from .errors import ToolError

# Not `busybox` on PATH: the package of that name has one, too, but linked dynamically.
BUSYBOX = "/var/lib/dpkg/info/busybox-static.list"

# purpose -> {package: a command, or an absolute path, that shows that it is there}
PURPOSES = {
    "build": {"make": "make", "binutils": "ar", "capnproto": "capnp", "python3": "python3"},
    "build-x86_64": {"gcc": "x86_64-linux-gnu-gcc"},
    "build-riscv64": {"gcc-riscv64-linux-gnu": "riscv64-linux-gnu-gcc"},
    "qemu-x86_64": {"qemu-system-x86": "qemu-system-x86_64"},
    "qemu-riscv64": {
        "qemu-system-misc": "qemu-system-riscv64",
        "opensbi": "/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.bin",
    },
    "root-x86_64": {"busybox-static": BUSYBOX},
    # For busybox from Debian's source package, whose build compiles helpers for this machine.
    "root-riscv64": {
        "dpkg-dev": "dpkg-source",
        "gcc": "gcc",
        "libc6-dev": "/usr/include/stdio.h",
        "libc6-dev-riscv64-cross": "/usr/riscv64-linux-gnu/lib/libc.a",
    },
    "test": {
        "gcc": "gcc",
        "libc6-dev": "/usr/include/stdio.h",
        "busybox-static": BUSYBOX,
        "musl-tools": "musl-gcc",
        "libc6-dev-riscv64-cross": "/usr/riscv64-linux-gnu/lib/libc.a",
    },
    "specify": {"coq": "coqc", "ghc": "ghc"},
    "prove": {
        "python3-z3": "/usr/lib/python3/dist-packages/z3/__init__.py",
        "python3-pyelftools": "/usr/lib/python3/dist-packages/elftools/__init__.py",
    },
}


def missing(purposes):
    """The packages that the purposes need and the host lacks, sorted."""
    def there(probe):
        return os.path.exists(probe) if probe.startswith("/") else shutil.which(probe) is not None
    return sorted({package for purpose in purposes for package, probe in PURPOSES[purpose].items() if not there(probe)})


def ensure(*purposes):
    """Installs what is missing, saying so; or says the exact command to type."""
    packages = missing(purposes)
    if not packages:
        return
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    by_hand = "as root, type: apt-get update && " + " ".join(install)
    if not shutil.which("apt-get"):
        raise ToolError(f"missing on this machine: {' '.join(packages)}", "Debian 12, or these packages' programs on PATH",
                        "install what Debian calls " + " ".join(packages))
    if os.geteuid() == 0:
        prefix = []
    elif shutil.which("sudo"):
        prefix = ["sudo"] if sys.stdin.isatty() else ["sudo", "-n"]
    else:
        raise ToolError(f"missing on this machine: {' '.join(packages)}", "root or sudo, to install them", by_hand)
    print(f"isthmus: installing what is missing: {' '.join(prefix + install)}", file=sys.stderr, flush=True)
    # A fresh container has no package lists, an old machine has stale ones: both show as a failed install.
    if not _apt(prefix, install) and not (_apt(prefix, ["apt-get", "update"]) and _apt(prefix, install)):
        raise ToolError(f"apt-get could not install {' '.join(packages)} (its words are above)", do=by_hand)
    still = missing(purposes)
    if still:
        raise ToolError(f"apt-get succeeded, but this is still missing: {' '.join(still)}", do=by_hand)


def _apt(prefix, command):
    """Runs apt-get with its output on standard error: standard output belongs to the program that is to run."""
    quiet = prefix + ["env", "DEBIAN_FRONTEND=noninteractive", command[0], "-qq", *command[1:]]
    stdin = None if prefix and sys.stdin.isatty() else subprocess.DEVNULL
    return subprocess.run(quiet, stdin=stdin, stdout=sys.stderr, check=False).returncode == 0
