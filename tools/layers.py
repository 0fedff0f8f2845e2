#!/usr/bin/python3
"""Checks that the tree keeps its one rule, and its measures.

The rule: `#include` arrows point down only,  personalities -> servers, drivers -> lib -> abi <- kernel,  without circles, and
nobody outside a port knows the ISA. The measures: length of files, of the kernel's core and of each port.

A file's length is all its lines. The core's and a port's are lines of code: neither blank nor only a comment, in C, headers,
assembly, linker script and make file. kernel/firmware/ has the formats that only ports read: each is counted with every port
that reaches it by includes, and with the core never. The core is everything else of the kernel, the port contract included.

Prints the lines of a test (`ok NAME`, `not ok NAME: why`); --stats prints how long parts and functions are.
"""

import os
import re
import statistics
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
AREAS = ("abi", "kernel", "lib", "drivers", "servers", "personalities", "tests", "bench", "tools", "proof", "spec")

FILE_lines = 700
CORE_lines = 5000       # of code
PORT_lines = 2500       # of code
FIRMWARE = "kernel/firmware/"

# What a freestanding compiler itself provides (C11, 4p6).
FREESTANDING = {"float.h", "iso646.h", "limits.h", "stdalign.h", "stdarg.h", "stdbool.h", "stddef.h", "stdint.h", "stdnoreturn.h",
                "stdatomic.h"}
# Host programs: they may include what they like.
HOST = ("tests/unit/", "tests/model/", "tests/fuzz/", "tests/linux/", "tools/", "bench/", "proof/", "spec/")

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>|(\w.*))', re.M)
ISA_MACRO = re.compile(r"\b__(?:x86_64(?:__)?|amd64(?:__)?|i386__|riscv\w*|aarch64__)(?!\w)")
PORT_PATH = re.compile(r"^(kernel/arch|lib/[^/]+/arch|personalities/([^/]+/)+arch|(servers|drivers)/.*/arch"
                       r"|tests/system/[^/]+/arch)/[^/]+/")


def sources(top, *endings):
    """Paths from the top of all files with these endings, sorted."""
    found = []
    for area in AREAS:
        for folder, folders, files in os.walk(os.path.join(top, area)):
            folders[:] = sorted(f for f in folders if f not in ("__pycache__", "build"))
            found += [os.path.relpath(os.path.join(folder, f), top) for f in files if f.endswith(endings)]
    return sorted(found)


def read(top, path):
    """The file's text."""
    with open(os.path.join(top, path), encoding="utf-8", errors="replace") as text:
        return text.read()


def without_comments(text):
    """The text with comments and strings blanked, its lines where they were."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match[0])
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', blank, text, flags=re.S)


def port_of(path):
    """The ISA whose port the file belongs to, or ""."""
    match = PORT_PATH.match(path)
    return match[0].split("/")[-2] if match else ""


def includes(top, path):
    """(line, quoted name or "", bracketed name or "") for each; a computed include gives neither."""
    text = read(top, path)
    code = re.sub(r"/\*.*?\*/|//[^\n]*", lambda m: re.sub(r"[^\n]", " ", m[0]), text, flags=re.S)
    for match in INCLUDE.finditer(code):
        yield text.count("\n", 0, match.start(match.lastindex)) + 1, match[1] or "", match[2] or ""


def resolve(top, path, quoted, bracketed):
    """The included file's path from the top; "" for one that is not in the tree (generated or the compiler's)."""
    if quoted:
        for base in (os.path.dirname(path), ""):
            name = os.path.normpath(os.path.join(base, quoted))
            if os.path.exists(os.path.join(top, name)):
                return name
    return ""


def verdict(path, target, quoted, bracketed):
    """Why this include is wrong, or ""."""
    if bracketed:
        return bracket_verdict(path, bracketed)
    if not quoted:
        return "a computed include hides an arrow: name the file"
    if not target:
        return f'"{quoted}" is not in the tree: give its path from the top'
    if target.startswith(FIRMWARE) and path.startswith("kernel/") and not port_of(path) and not path.startswith(FIRMWARE):
        return f"{target}: only a port reads firmware; it tells the core what it found in kernel/boot/boot.h"
    allowed = arrows(path)
    if target == path or any(target.startswith(a) for a in allowed):
        return port_verdict(path, target)
    return f"{target}: from here only {', '.join(allowed)} may be included"


def bracket_verdict(path, name):
    """The same for <name>: the compiler's headers, the generated ones, and the port's."""
    if name in FREESTANDING:
        return ""
    if name.startswith("isthmus/"):
        return ""
    if name.startswith("arch/"):
        # The fast path is compiled for the registers of each port; programs may have ports of their own.
        if path in ("kernel/arch/arch.h", "kernel/fastpath.c") or not path.startswith("kernel/") or port_of(path):
            return ""
        return f"<{name}>: only the port contract (kernel/arch/arch.h), the fast path and programs with ports see a port"
    return f"<{name}>: a freestanding program has {', '.join(sorted(FREESTANDING)[:3])}, ... and <isthmus/...> only"


def arrows(path):
    """What a file of this place may include, as starts of paths."""
    parts = path.split("/")
    area = parts[0]
    if area == "abi":
        return ["abi/"]
    if area == "kernel":
        return ["abi/", "kernel/"]
    if area == "lib":
        return ["abi/", "lib/"]
    if area == "drivers":
        return ["abi/", "lib/", "/".join(parts[:3]) + "/"]
    if area == "servers":
        return ["abi/", "lib/", "/".join(parts[:2]) + "/"]
    if area == "personalities":
        return ["abi/", "lib/", "drivers/", "servers/", "/".join(parts[:2]) + "/"]
    return ["abi/", "lib/", "tests/system/"]


def port_verdict(path, target):
    """Nobody but a port includes a port, and never another ISA's."""
    isa = port_of(target)
    if isa and port_of(path) != isa:
        return f"{target}: a port of {isa}; include it as <arch/...>, which the build resolves, or go through arch.h"
    return ""


def check_arrows(top, files):
    """All wrong includes, as lines."""
    wrong, graph = [], {}
    for path in files:
        if path.startswith(HOST):
            continue
        graph[path] = []
        for line, quoted, bracketed in includes(top, path):
            target = resolve(top, path, quoted, bracketed)
            why = verdict(path, target, quoted, bracketed)
            if why:
                wrong.append(f"{path}:{line}: {why}")
            elif target:
                graph[path].append(target)
    return wrong, graph


def check_circles(graph):
    """Each circle of includes once, as a line."""
    wrong, state = [], {}

    def visit(path, trail):
        state[path] = "open"
        for target in graph.get(path, ()):
            if state.get(target) == "open":
                wrong.append(" -> ".join(trail[trail.index(target):] + [target]))
            elif target not in state:
                visit(target, trail + [target])
        state[path] = "closed"
    for path in sorted(graph):
        if path not in state:
            visit(path, [path])
    return wrong


def check_isa(top, files):
    """Files outside a port that ask for the ISA."""
    wrong = []
    for path in files:
        if port_of(path) or path.startswith("tools/"):
            continue
        for number, line in enumerate(without_comments(read(top, path)).split("\n"), 1):
            if ISA_MACRO.search(line):
                wrong.append(f"{path}:{number}: asks which ISA it is compiled for; choose a file by the include path instead")
    return wrong


def check_lengths(top, files):
    """Files, core and ports that grew too long."""
    lines = {path: read(top, path).count("\n") for path in files}
    wrong = [f"{path} has {n} lines, at most {FILE_lines}" for path, n in lines.items() if n > FILE_lines]
    for what, limit, part in kernel_parts(top, files):
        total = code_lines(top, part)
        if total > limit:
            wrong.append(f"{what} has {total} lines of code, at most {limit}")
    return wrong


def check_firmware(top, files):
    """Parsers that no port reaches, and ports whose arch.mk builds others than they reach."""
    parts = {part: files for part, files in port_parts(top, files)}
    reached = {path for part in parts.values() for path in part}
    wrong = [f"{path}: no port includes it" for path in files if path.startswith(FIRMWARE) and path not in reached]
    for isa, part in parts.items():
        makefile = f"kernel/arch/{isa}/arch.mk"
        named = re.findall(r"^FIRMWARE\s*[:+]?=(.*)$", read(top, makefile), re.M) if makefile in files else []
        built = {f"{FIRMWARE}{name}.c" for line in named for name in line.split()}
        used = {path for path in part if path.startswith(FIRMWARE) and path.endswith(".c")}
        wrong += [f"{makefile}: FIRMWARE names {path}, which the port does not include" for path in sorted(built - used)]
        wrong += [f"{makefile}: FIRMWARE lacks {path}, which the port includes" for path in sorted(used - built)]
    return wrong


def kernel_parts(top, files):
    """(name, limit in lines of code, files) of the core and of each port."""
    kernel = [path for path in files if path.startswith("kernel/") and not path.startswith(FIRMWARE)]
    yield "the kernel's core", CORE_lines, [path for path in kernel if not port_of(path)]
    for isa, part in port_parts(top, files):
        yield f"the port to {isa}", PORT_lines, part


def port_parts(top, files):
    """(ISA, its files, the firmware's parsers that they reach among them) of each of the kernel's ports."""
    for isa in sorted({port_of(path) for path in files if path.startswith("kernel/")} - {""}):
        part = [path for path in files if path.startswith(f"kernel/arch/{isa}/")]
        yield isa, part + firmware_of(top, part, files)


def firmware_of(top, part, files):
    """What these files reach by includes, a source coming with its header."""
    reached, todo = set(), list(part)
    while todo:
        path = todo.pop()
        found = {resolve(top, path, quoted, "") for _, quoted, _ in includes(top, path)}
        found |= {os.path.splitext(path)[0] + ".c"}
        new = {f for f in found if f.startswith(FIRMWARE) and f in files} - reached
        reached |= new
        todo += new
    return sorted(reached)


def code_lines(top, files):
    """Lines that are neither blank nor only a comment."""
    def code(path):
        text = read(top, path)
        return re.sub(r"#.*", "", text) if path.endswith(".mk") else without_comments(text)
    return sum(1 for path in files for line in code(path).split("\n") if line.strip())


def function_lengths(top, files):
    """(lines, file, line) of each function: from the line of the brace in column 1 or at a definition's end to `}` alone."""
    found = []
    for path in files:
        start = None
        for number, line in enumerate(without_comments(read(top, path)).split("\n"), 1):
            if start is None and (line.startswith("{") or re.match(r"^[a-z_].*\)\s*\{\s*$", line)):
                start = number
            elif line.startswith("}") and start is not None:
                found.append((number - start + 1, path, start))
                start = None
    return found


def print_stats(top):
    """How long the kernel is, and functions against the habit: median under 15, nine of ten under 40."""
    files = sources(top, ".c", ".h", ".S", ".ld", ".mk")
    for what, limit, part in kernel_parts(top, files):
        total = sum(read(top, path).count("\n") for path in part)
        print(f"{what}: {code_lines(top, part)} lines of code of at most {limit}, {total} with comments and blank ones")
    for area in ("kernel", "lib", "servers", "personalities"):
        lengths = sorted(function_lengths(top, [f for f in sources(top, ".c") if f.startswith(area + "/")]))
        if lengths:
            sizes = [n for n, _, _ in lengths]
            print(f"{area}: {len(sizes)} functions, median {statistics.median(sizes):g}, nine of ten up to "
                  f"{sizes[len(sizes) * 9 // 10]}, longest {lengths[-1][0]} ({lengths[-1][1]}:{lengths[-1][2]})")


def main(arguments):
    """Prints the report; 1 if something is wrong."""
    if arguments == ["--stats"]:
        print_stats(TOP)
        return 0
    if arguments:
        sys.exit("usage: tools/layers.py [--stats]")
    code = sources(TOP, ".c", ".h", ".S")
    wrong_arrows, graph = check_arrows(TOP, code)
    measured = sources(TOP, ".c", ".h", ".S", ".py", ".v", ".hs", ".mk", ".ld")
    checks = {"includes point down": wrong_arrows, "no circles": check_circles(graph), "ISA in ports only": check_isa(TOP, code),
              "lengths": check_lengths(TOP, measured), "firmware's parsers": check_firmware(TOP, measured)}
    for name, wrong in checks.items():
        print("\n  ".join([f"not ok {name}: {len(wrong)} wrong", *wrong]) if wrong else f"ok {name}")
    return 1 if any(checks.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
