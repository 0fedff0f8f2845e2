#!/usr/bin/python3
"""tools/manifest.py: what it refuses, with the line it names, and that the system's own manifest compiles."""

import os
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

GOOD = """\
[service.memory]
program = "servers/memory"
memory = "rest"

[service.unix]
program = "personalities/linux/unix"
arguments = ["a=b"]

[service.unix.capabilities]
memory = { service = "memory", quota = "75%" }
log = { machine = ["log", "time"] }
"""

# Name, what to replace by what in GOOD, and how the message goes on after the file's name.
BAD = [
    ("unknown key", 'arguments = ["a=b"]', 'argumnts = ["a=b"]', ":7: unknown key 'argumnts'; did you mean 'arguments'?"),
    ("unknown table", "[service.memory]", "[servce.memory]", ":1: unknown table 'servce'; did you mean 'service'?"),
    ("missing service", 'service = "memory"', 'service = "memry"', ":10: unknown service 'memry'; did you mean 'memory'?"),
    ("no program", 'program = "servers/memory"\n', "", ":1: service memory has no program; expected program = \"servers/memory\""),
    ("circle", 'memory = "rest"\n', '[service.memory.capabilities]\nu = { service = "unix" }\n',
     ":3: services call each other in a circle: memory -> unix -> memory"),
    ("calls itself", 'service = "memory"', 'service = "unix"', ":9: services call each other in a circle: unix -> unix"),
    ("bad size", '"rest"', '"12X"', ":3: memory is '12X', expected a size such as '512K' or '8M', or 'rest'"),
    ("two rests", 'arguments = ["a=b"]', 'memory = "rest"', ":7: both memory and unix ask for the rest of memory"),
    ("priority", 'memory = "rest"', "priority = 63", ":3: priority is 63, expected a number from 0 to 62"),
    ("priority of another type", 'memory = "rest"', "priority = true", ":3: priority is True, expected a number from 0 to 62"),
    ("policy", 'memory = "rest"', 'restart = "often"', ":3: unknown policy 'often'; expected one of always, never, on-failure"),
    ("argument", '["a=b"]', '["ab"]', ":7: argument 'ab', expected text such as 'key=value'"),
    ("quota", '"75%"', '"lots"', ":10: quota is 'lots', expected a number, a size such as '64M', or a share such as '75%'"),
    ("function", '"time"', '"tme"', ":11: unknown function 'tme'; did you mean 'time'?"),
    ("two kinds", 'machine = [', 'device = "uart", machine = [',
     ":11: log has 2 of the keys service, device, irq, machine, notification, supervisor, expected one"),
    ("quota of no service", 'machine = ["log", "time"]', 'supervisor = true, quota = 1',
     ":11: log has a quota; only a service's clients have one"),
    ("long name", "[service.memory]", "[service.a2345678901234567890123456]",
     ":1: a2345678901234567890123456 'a2345678901234567890123456' has 26 bytes, expected 1 to 23, none of them zero"),
    ("syntax", 'memory = "rest"', "memory = rest", ":3: Invalid value"),
    ("nothing", GOOD, "", ":1: no service; expected tables [service.NAME]"),
]


def run(path, *options):
    """(status, message)"""
    made = subprocess.run([sys.executable, os.path.join(TOP, "tools", "manifest.py"), *options, path], capture_output=True, text=True,
                          check=False)
    return made.returncode, made.stderr.strip()


def report(name, wrong):
    """One line of the test's protocol."""
    print(f"not ok {name}: {wrong}" if wrong else f"ok {name}")
    return bool(wrong)


def main():
    """Runs all cases."""
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        path, out = os.path.join(folder, "m.toml"), os.path.join(folder, "m")

        def compiled(text):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            return run(path, "--out", out)
        status, said = compiled(GOOD)
        failed |= report("a good one", f"status {status}: {said}" if status else "")
        for name, old, new, expected in BAD:
            assert old in GOOD, name
            status, said = compiled(GOOD.replace(old, new, 1))
            failed |= report(name, "" if status == 1 and said == path + expected else f"expected '{expected}', got {status} '{said}'")
        status, said = run(os.path.join(TOP, "servers", "root", "manifest.toml"), "--check")
        failed |= report("the system's own", said)
    return failed


if __name__ == "__main__":
    sys.exit(main())
