"""The guest's root file system as the bundle carries it: host files at their own paths, and the few files every Unix has."""

import os
import stat
import subprocess

from .errors import ToolError
from .tree import TOP

# Debian's /bin, /sbin and /lib are links into /usr; programs and scripts use both names.
MERGED = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
SKELETON = ("bin", "dev", "etc", "home", "proc", "root", "run", "sbin", "tmp", "usr", "usr/bin", "usr/sbin", "usr/lib", "var",
            "var/tmp")
ETC = {
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
    "etc/group": "root:x:0:\ntty:x:5:\nnogroup:x:65534:\n",
    "etc/hostname": "isthmus\n",
    "etc/hosts": "127.0.0.1 localhost\n",
    "etc/shells": "/bin/sh\n",
}


class RootFs:
    """Collects entries by path; a later one replaces an earlier one. `write` puts them below `fs/`, parents first."""

    def __init__(self):
        self.entries = {}
        for name in MERGED[:3]:
            self.entries[name] = ("symlink", "usr/" + name, 0)
        for name in SKELETON:
            if name not in MERGED:
                self.entries[name] = ("directory", 0o1777 if name.endswith("tmp") else 0o755, 0)
        for name, text in ETC.items():
            self.entries[name] = ("bytes", text.encode(), 0o644)

    def place(self, path):
        """The archive's name for an absolute path of the guest."""
        name = os.path.normpath(path).lstrip("/")
        head, slash, rest = name.partition("/")
        return f"usr/{head}/{rest}" if head in MERGED and slash else name

    def has(self, path):
        """Whether the guest has something at this absolute path."""
        return self.place(path) in self.entries

    def add_directory(self, path, mode=0o755, mtime=0):
        """A directory and those above it. What is there stays."""
        name = self.place(path)
        parent = os.path.dirname(name)
        if parent and parent not in self.entries:
            self.add_directory("/" + parent)
        if name and name not in self.entries:
            self.entries[name] = ("directory", mode, mtime)

    def add_symlink(self, path, target, mtime=0):
        """A symbolic link."""
        self.add_directory(os.path.dirname(path))
        self.entries[self.place(path)] = ("symlink", target, mtime)

    def add_file(self, path, source=None):
        """A file of the host, at its own path or another; a link is followed."""
        self.add_directory(os.path.dirname(path))
        info = os.stat(source or path)
        self.entries[self.place(path)] = ("file", source or path, stat.S_IMODE(info.st_mode), info.st_mtime)

    def add_share(self, folder):
        """A folder of the host with all that is in it. Sockets, pipes and devices are left out: they mean nothing there."""
        top = os.path.abspath(folder)
        if not os.path.isdir(top):
            raise ToolError(f"--share {folder}: there is no such folder", "a folder of this machine",
                            "give the folder that holds the program's files")
        self.add_directory(top)
        for base, folders, files in os.walk(top, onerror=_unreadable):
            for name in sorted(folders + files):
                self._add_found(os.path.join(base, name))

    def _add_found(self, path):
        info = os.lstat(path)
        if stat.S_ISLNK(info.st_mode):
            self.add_symlink(path, os.readlink(path), info.st_mtime)
        elif stat.S_ISDIR(info.st_mode):
            self.add_directory(path, stat.S_IMODE(info.st_mode), info.st_mtime)
        elif stat.S_ISREG(info.st_mode):
            if not os.access(path, os.R_OK):
                raise ToolError(f"--share: {path} cannot be read", "files that you may read",
                                "chmod it, or share a folder without it")
            self.add_file(path)

    def add_busybox(self, isa):
        """busybox and a link for each of its commands, so that scripts find them; False where the host has none for the ISA."""
        busybox = busybox_of(isa)
        if not busybox:
            return False
        self.add_file("/bin/busybox", busybox)
        for name in busybox_commands(busybox):
            if not self.has("/" + name):
                self.add_symlink("/" + name, "/bin/busybox")
        return True

    def write(self, archive):
        """All entries into a cpio.Writer."""
        for name in sorted(self.entries):
            kind, value, *rest = self.entries[name]
            at = "fs/" + name
            if kind == "symlink":
                archive.symlink(at, value, *rest)
            elif kind == "directory":
                archive.directory(at, value, *rest)
            elif kind == "bytes":
                archive.file(at, value, *rest)
            else:
                archive.host_file(at, value, *rest)


def _unreadable(error):
    raise ToolError(f"--share: {error.filename}: {error.strerror}", "folders that you may read", "share a smaller folder")


def busybox_of(isa):
    """The static busybox for an ISA: Debian's package on x86_64, built by the build from Debian's source elsewhere. Or None."""
    for path in ([] if isa.name != "x86_64" else ["/bin/busybox"]) + [os.path.join(TOP, "build", isa.name, "busybox")]:
        if os.access(path, os.R_OK):
            return path
    return None


def busybox_commands(busybox):
    """The paths, without a leading slash, that busybox wants links at: what `busybox --list-full` prints.

    A busybox of another ISA cannot be run here; its build leaves the list beside it.
    """
    beside = busybox + ".links"
    if os.path.exists(beside):
        with open(beside, encoding="utf-8") as listed:
            text = listed.read()
    else:
        text = subprocess.run([busybox, "--list-full"], capture_output=True, text=True, check=True).stdout
    return [name.lstrip("/") for name in text.split() if not name.endswith("/busybox")]
