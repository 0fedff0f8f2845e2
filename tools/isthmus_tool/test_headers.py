"""What a test says about itself in comments at its top: `// limit: 120` in C, `# limit: 120` in Python.

    sources: kernel/firmware/fdt.c ...   (unit tests) what to compile with it
    limit: SECONDS                   wall clock, at most; default 60
    long: why                        only run with --long
    memory: SIZE, cpus: N            (system tests) the machine, default 512M and 1
    bundle: servers/memory ...       (system tests) further programs in the bundle, by path
    options: words                   (system tests) the kernel's command line
"""

import re

KEYS = ("sources", "limit", "long", "memory", "cpus", "bundle", "options")
TOP_lines = 20
DEFAULT_LIMIT_s = 60


def read(paths):
    """The headers in the first lines of the files, as a dict of words. A key that comes again adds to it."""
    found = {}
    for path in paths:
        with open(path, encoding="utf-8", errors="replace") as text:
            for _, line in zip(range(TOP_lines), text):
                match = re.match(r"\s*(?://|#|\*|/\*)\s*(\w+):\s*(.*?)\s*(?:\*/)?\s*$", line)
                if match and match[1] in KEYS:
                    found.setdefault(match[1], []).extend(match[2].split())
    return found


def limit_of(headers):
    """The time limit in seconds."""
    return float(headers["limit"][0]) if headers.get("limit") else DEFAULT_LIMIT_s
