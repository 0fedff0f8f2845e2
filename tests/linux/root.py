#!/usr/bin/python3
# limit: 120
"""Root: starts what its manifest says, restarts what fails as often as it may, goes on without what is missing, and stops the
machine when what it cannot be without is gone, or when the manifest is damaged. What it says in the log is what is compared."""

import os
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(TOP, "tools"))

from isthmus_tool.cpio import Writer                                # noqa: E402  (found by the line above)
from isthmus_tool.machine import Machine, bundle_file               # noqa: E402
from isthmus_tool.pump import Pump                                  # noqa: E402
from isthmus_tool.tree import ISAS, build_dir, kernel_of            # noqa: E402

ISA = ISAS[os.environ["ISTHMUS_ARCH"]]
BOOT_s = 15     # much, for a machine that others use too
MOMENT_s = 1.5  # after the last line that is expected

# Started as a service, a test of the kernel fails at once: it looks for what only the root task has.
FAILS = "tests/system/start"

MEMORY = """
[service.memory]
program = "servers/memory"
memory = "rest"
cells = 1024
[service.memory.capabilities]
log = { machine = ["log"] }
deaths = { notification = "deaths" }
root = { supervisor = true }
"""
NAMES = '[service.names]\nprogram = "servers/names"\n'
MISSING = '[service.missing]\nprogram = "servers/nowhere"\n'


def failing(name, policy):
    """A service that fails."""
    return f'[service.{name}]\nprogram = "{FAILS}"\n{policy}\n'


def compiled(text):
    """The bytes of a manifest."""
    with tempfile.TemporaryDirectory() as folder:
        path, out = os.path.join(folder, "m.toml"), os.path.join(folder, "m")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        subprocess.run([sys.executable, os.path.join(TOP, "tools", "manifest.py"), "--out", out, path], check=True)
        with open(out, "rb") as file:
            return file.read()


def root_lines(log):
    """What root said, of the complete lines of a log."""
    *lines, _ = log.decode(errors="replace").replace("\r", "").split("\n")
    return [line.removeprefix("root: ") for line in lines if line.startswith("root: ")]


def boot(manifest, last):
    """What root says up to a line that begins with `last` and for a moment longer; and whether the machine stopped by itself."""
    base = build_dir(ISA, "debug")
    archive = Writer(bundle_file())
    archive.host_file("root", os.path.join(base, "servers", "root.elf"), 0o755)
    if manifest is not None:
        archive.file("manifest", manifest)
    for name in ("servers/memory", "servers/names", FAILS):
        archive.host_file(name, os.path.join(base, name + ".elf"), 0o755)
    archive.end()
    archive.out.flush()
    archive.out.seek(0)
    with archive.out, Machine(ISA, kernel_of(ISA, "debug"), archive.out) as machine:
        pump = Pump(machine)

        def look(_):
            if any(line.startswith(last) for line in root_lines(pump.log)):
                pump.finish("seen")
        pump.log_copies.append(look)
        pump.loop(time.monotonic() + BOOT_s)
        pump.log_copies.clear()
        pump.finished = False
        pump.loop(time.monotonic() + MOMENT_s)
        return root_lines(pump.log), pump.closed


def check(name, manifest, expected, stops=False):
    """One boot; `expected` are beginnings of what root says, in order."""
    said, stopped = boot(manifest, expected[-1])
    if len(said) == len(expected) and all(s.startswith(e) for s, e in zip(said, expected)) and stopped == stops:
        print(f"ok {name}")
    else:
        print(f"not ok {name}: the machine {'stopped' if stopped else 'ran on'}; root said")
        print("\n".join("  " + line for line in [*said, "expected, and that it " + ("stops" if stops else "runs on"), *expected]))


def main():
    """All boots."""
    run, crashed, stays = "{} of {} services run, ", "crash failed: fault 1 at 0x10000", "crash was restarted 2 times and stays down"
    check("all run", compiled(MEMORY + NAMES), [run.format(2, 2)])
    check("a failing service is restarted twice and no more",
          compiled(MEMORY + failing("crash", 'restart = "on-failure"\nrestarts = 2') + NAMES),
          [run.format(3, 3), crashed, crashed, crashed, stays])
    check("one that is not restarted", compiled(failing("crash", 'restart = "never"') + NAMES), [run.format(2, 2), crashed])
    check("one that is essential", compiled(failing("crash", "essential = true") + NAMES),
          [run.format(2, 2), crashed, "the system cannot go on without crash"], stops=True)
    check("one that is missing", compiled(MISSING + NAMES),
          ["cannot start missing (servers/nowhere): argument, no such program in the bundle", run.format(1, 2)])
    check("one that is missing and essential", compiled(MISSING + "essential = true\n" + NAMES),
          ["cannot start missing (servers/nowhere): argument, no such program in the bundle",
           "the system cannot go on without missing"], stops=True)
    check("no manifest", None, ["the manifest is not in the bundle"], stops=True)
    check("a damaged manifest", compiled(MEMORY)[:-1], ["the manifest is of another length than its tables"], stops=True)


if __name__ == "__main__":
    main()
