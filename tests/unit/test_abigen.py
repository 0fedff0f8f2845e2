#!/usr/bin/python3
"""The generator of the system-call interface: the checked-in manual is fresh, headers compile, mistakes are named."""

import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TABLE = os.path.join(TOP, "abi", "isthmus.toml")
TOOL = os.path.join(TOP, "tools", "abigen.py")


def result(name, ok, why=""):
    print(f"ok {name}" if ok else f"not ok {name}: {' '.join(why.split())[-300:]}", flush=True)


def run(*words):
    """(status, everything said)"""
    done = subprocess.run(words, capture_output=True, text=True, cwd=TOP, check=False)
    return done.returncode, done.stdout + done.stderr


def mistake(name, old, new, expected):
    """The table with one text replaced is refused with a message that has `expected`."""
    with open(TABLE, encoding="utf-8") as file:
        text = file.read()
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
        file.write(text.replace(old, new, 1))
        file.flush()
        status, said = run(TOOL, file.name)
    result(name, old in text and status == 1 and expected in said and "Traceback" not in said,
           f"status {status}, said {said!r}")


def compiles(folder, language, text):
    with open(os.path.join(folder, "t"), "w", encoding="utf-8") as file:
        file.write(text)
    return run("gcc", "-std=gnu11", "-O2", "-ffreestanding", "-Wall", "-Wextra", "-Werror", "-I.", "-I" + folder, "-x",
               language, "-c", os.path.join(folder, "t"), "-o", "/dev/null")


def main():
    status, said = run(TOOL, "--check", "docs/abi.md", TABLE)
    result("docs/abi.md is fresh", status == 0, said)
    with tempfile.TemporaryDirectory() as folder:
        status, said = run(TOOL, "--out", folder, "--coq", folder + "/Abi.v", "--manual", folder + "/abi.md", TABLE)
        result("everything is generated", status == 0, said)
        header = os.path.join(folder, "isthmus", "abi.h")
        result("abi.h in C", *reversed_result(compiles(folder, "c", "#include <isthmus/abi.h>\n")))
        result("abi.h in assembly", *reversed_result(compiles(folder, "assembler-with-cpp",
                                                              "#include <isthmus/abi.h>\n.long ISTHMUS_OP_CALL\n")))
        result("stubs.h", *reversed_result(compiles(folder, "c", "#include \"lib/sys/sys.h\"\n")))
        before = os.stat(header).st_mtime_ns
        run(TOOL, "--out", folder, TABLE)
        result("what has not changed is not rewritten", os.stat(header).st_mtime_ns == before)
        with open(folder + "/abi.md", "a", encoding="utf-8") as file:
            file.write("stale\n")
        status, said = run(TOOL, "--check", folder + "/abi.md", TABLE)
        result("a stale manual is told", status == 1 and "stale" in said, said)
    mistake("a number used twice", "number = 1\n", "number = 0\n", "both have number 0")
    mistake("an unknown error", 'errors = ["dead"', 'errors = ["death"', "unknown error 'death'")
    mistake("an unknown right", 'rights = ["write"]', 'rights = ["wrong"]', "unknown right 'wrong'")
    mistake("an unknown object", 'object = "endpoint"', 'object = "end"', "unknown object 'end'")
    mistake("an unknown register of an operand", '"tag", "tag", "label', '"w8", "tag", "label', "unknown register 'w8'")
    mistake("an unknown register of an ISA", 'slot      = "a0"', 'slot      = "a9"', "unknown register a9")
    mistake("a register with two uses", 'tag       = "a1"', 'tag       = "a2"', "a2 has two uses")
    mistake("an error named twice", 'name = "stale"', 'name = "dead"', "error dead: named twice")
    mistake("padding in the boot information", '"cores",            "uint32_t"', '"cores",            "uint8_t"', "padding")
    mistake("a constant that is no number", "value = 12,", 'value = "x",', "not of type int")


def reversed_result(done):
    status, said = done
    return status == 0, said


if __name__ == "__main__":
    main()
