"""Makes the bundle that is handed over as the initial RAM disk: a cpio archive whose first entry is the root task.

    root            the first program, an ELF file
    run.conf        what to run (only for `run`)
    manifest        what services there are, compiled from TOML (only for `run`)
    servers/X, drivers/X/Y, personalities/linux/X      programs, by the path of their source without `.elf`
    fs/...          the root file system

run.conf is a sequence of fields, each `key=value` and ended by a NUL byte. Keys may repeat; unknown keys are to be ignored:

    mode=program        channels o, e, i and x carry the program's input, output and end; or
    mode=terminal       channel t is its terminal
    exec=/bin/busybox   the file to execute
    arg=...             one for each argument, argv[0] first
    env=NAME=value      one for each environment variable
    cwd=/home/me        the directory to start in; it exists in fs/
    time=1700000000     the host's time, in seconds since 1970: what the machine's clock starts with
"""

import os
import shutil
import time

from . import elf
from .cpio import Writer
from .errors import CANNOT_EXECUTE, NOT_FOUND, ToolError
from .machine import bundle_file
from .rootfs import RootFs
from .tree import build_dir, programs_of

PASSED_ON = ("PATH", "TERM", "HOME", "LANG", "USER")
SHELL_ENV = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "USER": "root",
             "PWD": "/root"}
HEAD_bytes = 64 * 1024


def find_program(name):
    """The absolute path of what a shell would run for `name`."""
    if "/" in name:
        path = os.path.abspath(name)
        if not os.path.exists(path):
            raise ToolError(f"{name}: no such file", "a program of this machine", "check the path", NOT_FOUND)
        if os.path.isdir(path) or not os.access(path, os.X_OK):
            raise ToolError(f"{name}: not an executable file", "a file with permission to execute", f"chmod +x {name}",
                            CANNOT_EXECUTE)
        return path
    found = shutil.which(name)
    if not found:
        raise ToolError(f"{name}: not found on PATH", "a program of this machine", "give its path", NOT_FOUND)
    return os.path.abspath(found)


def busybox_command(root, name, isa):
    """The path in a root file system that holds only busybox, if that is what `name` must mean; else "".

    On a host of another ISA a command such as /bin/busybox or `sort` cannot be the host's own.
    """
    if isa.name == os.uname().machine:
        return ""
    places = [os.path.abspath(name)] if "/" in name else [os.path.join(folder, name) for folder in os.get_exec_path()]
    return next((path for path in places if root.has(path)), "")


def check_program(path, isa):
    """Refuses, with advice, what cannot run. Returns the interpreter of a `#!` script, else ""."""
    with open(path, "rb") as program:
        head = program.read(HEAD_bytes)
    if head[:2] == b"#!":
        words = head[2:].split(b"\n", 1)[0].split()
        return os.fsdecode(words[0]) if words else "/bin/sh"
    expected = f"a static ELF program for {isa.elf_name}, or a script for one"
    try:
        found = elf.read(head)
    except elf.BadElf as wrong:
        raise ToolError(f"{path} is {wrong}", expected, status=CANNOT_EXECUTE) from None
    if found.machine != isa.elf_machine:
        others = {62: "x86_64", 243: "riscv64"}
        other = others.get(found.machine)
        raise ToolError(f"{path} is for another machine (ELF machine {found.machine}{', ' + other if other else ''})", expected,
                        f"try --arch {other}" if other else f"build it with {isa.compiler} -static", CANNOT_EXECUTE)
    if found.interpreter:
        raise ToolError(f"{path} is linked dynamically (it asks for {found.interpreter})", expected,
                        f"link it with `{isa.compiler} -static`, or use the command of the same name in /bin/busybox",
                        CANNOT_EXECUTE)
    return ""


def add_program(root, path, isa):
    """Puts a program, and a script's interpreter, where it is on the host."""
    interpreter = check_program(path, isa)
    root.add_file(path)
    if interpreter and not root.has(interpreter):
        if check_program(find_program(interpreter), isa):
            raise ToolError(f"{path}: its interpreter {interpreter} is a script too", "a program", status=CANNOT_EXECUTE)
        root.add_file(interpreter)


def run_conf(mode, path, arguments, environment, cwd):
    """The bytes of run.conf."""
    fields = [("mode", mode), ("exec", path)] + [("arg", a) for a in arguments]
    fields += [("env", f"{k}={v}") for k, v in environment.items()] + [("cwd", cwd), ("time", int(time.time()))]
    return b"".join(os.fsencode(f"{k}={v}") + b"\0" for k, v in fields)


def for_program(isa, variant, words, shares, mode="program"):
    """The bundle that runs one program of the host, with the host's working directory and a little of its environment."""
    root = RootFs()
    root.add_busybox(isa)
    path = busybox_command(root, words[0], isa)
    for folder in shares:
        root.add_share(folder)
    if not path:
        path = find_program(words[0])
        add_program(root, path, isa)
    cwd = os.getcwd()
    root.add_directory(cwd)
    environment = {k: os.environ[k] for k in PASSED_ON if k in os.environ}
    environment["PWD"] = cwd
    if environment.get("HOME", "").startswith("/"):
        root.add_directory(environment["HOME"])
    return _whole(isa, variant, root, run_conf(mode, path, words, environment, cwd))


def for_shell(isa, variant, shares):
    """The bundle that boots to a shell."""
    root = RootFs()
    if not root.add_busybox(isa):
        raise ToolError(f"there is no busybox for {isa.name}, so no shell", f"build/{isa.name}/busybox, a static one",
                        f"`make ARCH={isa.name} linux` builds it from Debian's source package")
    for folder in shares:
        root.add_share(folder)
    environment = {**SHELL_ENV, "TERM": os.environ.get("TERM", "linux"), "LANG": os.environ.get("LANG", "C.UTF-8")}
    return _whole(isa, variant, root, run_conf("terminal", "/bin/sh", ["-sh"], environment, "/root"))


def for_test(isa, variant, case, extra):
    """The bundle of a system test: the case is the root task; `extra` names programs that it starts itself."""
    base = build_dir(isa, variant)
    out = bundle_file()
    archive = Writer(out)
    archive.host_file("root", os.path.join(base, case + ".elf"), 0o755)
    for name in extra:
        archive.host_file(name, os.path.join(base, name + ".elf"), 0o755)
    return _ended(archive)


def _whole(isa, variant, root, conf):
    """root task, services, configuration and files, in this order."""
    base = build_dir(isa, variant)
    first = os.path.join(base, "servers", "root.elf")
    if not os.path.exists(first):
        raise ToolError(f"there is no root task for {isa.name} in this tree yet", "the program servers/root",
                        "`./isthmus test` runs what the kernel can do without it")
    archive = Writer(bundle_file())
    archive.host_file("root", first, 0o755)
    archive.file("run.conf", conf)
    manifest = os.path.join(base, "manifest")
    if os.path.exists(manifest):
        archive.host_file("manifest", manifest)
    for name, path in programs_of(isa, variant, "servers", "drivers", "personalities"):
        if name != "servers/root":
            archive.host_file(name, path, 0o755)
    root.write(archive)
    return _ended(archive)


def _ended(archive):
    archive.end()
    archive.out.flush()
    archive.out.seek(0)
    return archive.out
