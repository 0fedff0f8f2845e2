"""What goes into the bundle: the archive's format, the programs that are accepted, the configuration."""

import io
import os
import struct
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools"))

from isthmus_tool import bundle, elf  # noqa: E402
from isthmus_tool.cpio import Writer  # noqa: E402
from isthmus_tool.errors import CANNOT_EXECUTE, NOT_FOUND, ToolError  # noqa: E402
from isthmus_tool.rootfs import RootFs  # noqa: E402
from isthmus_tool.tree import ISAS  # noqa: E402


def entries(archive):
    """(name, mode, mtime, data) of each entry, read after cpio(5) and not by the writer's code."""
    at, found = 0, []
    while True:
        assert archive[at:at + 6] == b"070701" and at % 4 == 0
        field = [int(archive[at + 6 + 8 * i:at + 14 + 8 * i], 16) for i in range(13)]
        name = archive[at + 110:at + 110 + field[11] - 1].decode()
        start = (at + 110 + field[11] + 3) & ~3
        if name == "TRAILER!!!":
            return found
        found.append((name, field[1], field[5], archive[start:start + field[6]]))
        at = (start + field[6] + 3) & ~3


def packed(root):
    """A root file system's entries."""
    out = io.BytesIO()
    archive = Writer(out)
    root.write(archive)
    archive.end()
    return entries(out.getvalue())


def archive_reads_back():
    """Names and contents of every length modulo four, links and directories."""
    out = io.BytesIO()
    archive = Writer(out)
    expected = []
    for length in range(9):
        archive.file("f" * (length + 1), b"x" * length, 0o600, 5)
        expected.append(("f" * (length + 1), 0o100600, 5, b"x" * length))
    archive.directory("d")
    archive.symlink("d/l", "../target")
    archive.end()
    assert entries(out.getvalue()) == expected + [("d", 0o40755, 0, b""), ("d/l", 0o120777, 0, b"../target")]


def archive_is_deterministic():
    """The order in which files are added does not show."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("b", "a"):
            with open(os.path.join(folder, name), "w", encoding="ascii") as out:
                out.write(name)
        one, two = RootFs(), RootFs()
        for root, names in ((one, "ab"), (two, "ba")):
            for name in names:
                root.add_file(os.path.join(folder, name))
        assert packed(one) == packed(two)


def parents_come_first():
    """Whoever unpacks never meets a file before its directory."""
    root = RootFs()
    root.add_symlink("/bin/x", "y")
    root.add_directory("/home/me/deep/down")
    seen = {"fs"}
    for name, *_ in packed(root):
        assert os.path.dirname(name) in seen, name
        seen.add(name)
    assert {"fs/usr/bin/x", "fs/home/me/deep/down"} <= seen


def share_keeps_paths_and_links():
    """A shared folder is in the machine where it is on the host."""
    with tempfile.TemporaryDirectory() as folder:
        os.makedirs(os.path.join(folder, "sub"))
        with open(os.path.join(folder, "sub", "f"), "w", encoding="ascii") as out:
            out.write("data")
        os.chmod(os.path.join(folder, "sub", "f"), 0o640)
        os.symlink("sub/f", os.path.join(folder, "l"))
        os.mkfifo(os.path.join(folder, "fifo"))
        root = RootFs()
        root.add_share(folder)
        found = {name: (mode, data) for name, mode, _, data in packed(root)}
        assert found["fs" + folder + "/sub/f"] == (0o100640, b"data")
        assert found["fs" + folder + "/l"] == (0o120777, b"sub/f")
        assert "fs" + folder + "/fifo" not in found


def header(machine=62, kind=2, interpreter=b""):
    """A small ELF file."""
    head = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", kind, machine, 1, 0, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    return head + struct.pack("<IIQQQQQQ", 3 if interpreter else 1, 4, 120, 0, 0, len(interpreter), 0, 0) + interpreter


def elf_is_read():
    """The machine, the kind and the interpreter."""
    assert elf.read(header()) == elf.Elf(62, 2, "")
    assert elf.read(header(243, 3, b"/lib/ld.so\0")) == elf.Elf(243, 3, "/lib/ld.so")


def broken_elf_is_named():
    """Every truncation gives an error or the truth, never another exception."""
    whole = header(62, 3, b"/lib/ld.so\0")
    for length in range(len(whole)):
        try:
            elf.read(whole[:length])
        except elf.BadElf as wrong:
            assert str(wrong)
    for bad in (b"", b"#!", b"\x7fELF\x01\x01" + bytes(100), b"\x7fELF\x02\x02" + bytes(100), header(kind=1)):
        try:
            elf.read(bad)
            raise AssertionError(bad)
        except elf.BadElf:
            pass


def status_of(data, isa="x86_64"):
    """How the tool refuses a program with these bytes; 0 if it does not."""
    with tempfile.NamedTemporaryFile() as program:
        program.write(data)
        program.flush()
        try:
            bundle.check_program(program.name, ISAS[isa])
            return 0
        except ToolError as error:
            assert error.expected
            return error.status


def programs_are_checked():
    """Static programs of the right machine only."""
    assert status_of(header()) == 0 and status_of(header(243), "riscv64") == 0
    assert status_of(header(243)) == CANNOT_EXECUTE and status_of(header(interpreter=b"/l\0")) == CANNOT_EXECUTE
    assert status_of(b"text\n") == CANNOT_EXECUTE
    try:
        bundle.find_program("no-such-program-anywhere")
        raise AssertionError("found")
    except ToolError as error:
        assert error.status == NOT_FOUND


def commands_of_another_isa():
    """What the host's busybox would be named by is the guest's where the host's cannot run."""
    own, other = (ISAS[name] for name in sorted(ISAS, key=lambda name: name != os.uname().machine))
    root = RootFs()
    root.add_symlink("/bin/sort", "/bin/busybox")
    root.add_symlink("/usr/bin/x", "/bin/busybox")
    os.environ["PATH"] = "/nowhere:/usr/bin"
    for name, expected in (("/bin/sort", "/bin/sort"), ("x", "/usr/bin/x"), ("y", ""), ("/bin/y", "")):
        assert bundle.busybox_command(root, name, other) == expected, name
        assert bundle.busybox_command(root, name, own) == "", name


def configuration():
    """run.conf's fields."""
    fields = bundle.run_conf("program", "/bin/x", ["x", "a b", ""], {"A": "1=2"}, "/tmp")
    assert fields.startswith(b"mode=program\0exec=/bin/x\0arg=x\0arg=a b\0arg=\0env=A=1=2\0cwd=/tmp\0time=")
    assert int(fields[:-1].rpartition(b"=")[2]) > 1.7e9 and fields.endswith(b"\0")


def main():
    """Runs them all."""
    bad = 0
    for test in (archive_reads_back, archive_is_deterministic, parents_come_first, share_keeps_paths_and_links, elf_is_read,
                 broken_elf_is_named, programs_are_checked, commands_of_another_isa, configuration):
        try:
            test()
            print("ok", test.__name__)
        except AssertionError as error:
            bad += 1
            print(f"not ok {test.__name__}: assertion failed {error}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
