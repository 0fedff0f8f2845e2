#!/usr/bin/python3
"""Makes the headers, the manual's pages and the specification's constants from the system-call table.

  tools/abigen.py --out build/gen abi/isthmus.toml        writes build/gen/isthmus/abi.h and stubs.h
  tools/abigen.py --manual docs/abi.md abi/isthmus.toml   writes the manual
  tools/abigen.py --check docs/abi.md abi/isthmus.toml    exits 1 if the manual is stale
  tools/abigen.py --coq spec/Abi.v abi/isthmus.toml       writes the constants in Gallina

Several of these may be given at once.  A file whose content is the same is left alone, so that what depends on it is
not built anew.  Exits 1 with one line a mistake if the table is wrong."""

import argparse
import os
import sys

sys.dont_write_bytecode = True

import abi_coq
import abi_header
import abi_manual
import abi_stubs
import abi_table


def read(path):
    """The file's text, or None if there is no such file."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return None


def write_if_changed(path, text):
    """Replaces the file in one step, unless it holds that text already."""
    if read(path) == text:
        return
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    temporary = f"{path}.{os.getpid()}"
    with open(temporary, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(temporary, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", metavar="abi/isthmus.toml")
    parser.add_argument("--out", metavar="DIR", help="where isthmus/abi.h and isthmus/stubs.h go")
    parser.add_argument("--manual", metavar="FILE", help="where the manual's pages go")
    parser.add_argument("--check", metavar="FILE", help="fail if this manual is not what the table says")
    parser.add_argument("--coq", metavar="FILE", help="where the specification's constants go")
    arguments = parser.parse_args()
    try:
        table = abi_table.load(arguments.table)
    except abi_table.TableError as error:
        sys.exit(str(error))
    if arguments.out:
        write_if_changed(os.path.join(arguments.out, "isthmus", "abi.h"), abi_header.header(table))
        write_if_changed(os.path.join(arguments.out, "isthmus", "stubs.h"), abi_stubs.header(table))
    if arguments.manual:
        write_if_changed(arguments.manual, abi_manual.manual(table))
    if arguments.coq:
        write_if_changed(arguments.coq, abi_coq.definitions(table))
    if arguments.check and read(arguments.check) != abi_manual.manual(table):
        sys.exit(f"{arguments.check} is stale: run tools/abigen.py --manual {arguments.check} {arguments.table}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
