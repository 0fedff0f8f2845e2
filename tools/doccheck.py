#!/usr/bin/python3
"""Checks that what the documentation names is there, since nobody compiles it.

In README.md and docs/: links to files, paths in backticks that begin with a directory of the tree, and functions in backticks
(`name()`), which must occur in the sources. What holds `<`, `X`, `*` or `...` is a pattern and not looked up.

Prints the lines of a test: `ok FILE` or `not ok FILE: why`.
"""

import os
import re
import sys

sys.dont_write_bytecode = True

from layers import TOP, read, sources

CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
PATH = re.compile(r"(?:abi|bench|docs|drivers|kernel|lib|personalities|proof|servers|spec|tests|tools)/[\w./-]*\Z")
FUNCTION = re.compile(r"(\w+)\(\)\Z")
PATTERN = re.compile(r"[<*{]|\.\.\.|(?:\b|_)X(?:\b|_)")
GENERATED = re.compile(r"isthmus_\w+\Z|.*_X\Z|.*_x\Z")


def pages():
    """The documentation's files; those that tools generate are their tools' affair."""
    found = ["README.md"]
    for folder, _, files in os.walk(os.path.join(TOP, "docs")):
        found += [os.path.relpath(os.path.join(folder, f), TOP) for f in files if f.endswith(".md")]
    return sorted(f for f in found if f not in ("docs/abi.md", "docs/linux-abi.md"))


def mistakes(page, words):
    """What is wrong with one page."""
    text = re.sub(r"^```.*?^```", "", read(TOP, page), flags=re.M | re.S)
    for target in LINK.findall(text):
        if "://" not in target and not os.path.exists(os.path.join(TOP, os.path.dirname(page), target)):
            yield f"links to {target}, which is not there"
    for name in CODE.findall(text):
        if PATTERN.search(name):
            continue
        if PATH.match(name) and not os.path.exists(os.path.join(TOP, name)):
            yield f"names {name}, which is not there"
        function = FUNCTION.match(name)
        if function and not GENERATED.match(function[1]) and function[1] not in words:
            yield f"names {name}, which no source has"


def main():
    """Checks them all; 1 if one is wrong."""
    words = {word for path in sources(TOP, ".c", ".h", ".S", ".py") for word in re.findall(r"\w+", read(TOP, path))}
    bad = 0
    for page in pages():
        wrong = list(mistakes(page, words))
        bad += bool(wrong)
        print("\n  ".join([f"not ok {page}: {len(wrong)} wrong", *wrong]) if wrong else f"ok {page}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
