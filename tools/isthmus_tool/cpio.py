"""A writer of cpio archives in the format `newc` (cpio(5)), which is what the bundle that boots with the kernel is.

The same entries in the same order give the same bytes: inode numbers count up, owner is 0, and times are what the caller says.
"""

import os
import shutil
import stat

LIMIT = 0xFFFFFFFF      # a size is eight hexadecimal digits


class Writer:
    """Appends entries to a binary file."""

    def __init__(self, out):
        self.out = out
        self.inode = 0

    def file(self, name, data, mode=0o644, mtime=0):
        """A regular file from bytes."""
        self._header(name, stat.S_IFREG | mode, len(data), mtime)
        self.out.write(data)
        self._pad(len(data))

    def host_file(self, name, path, mode=0o644, mtime=0):
        """A regular file from one of the host's. What it holds when it is copied counts, even while it grows."""
        with open(path, "rb") as source:
            size = os.fstat(source.fileno()).st_size
            if size > LIMIT:
                raise ValueError(f"{path} has {size} bytes; an archive entry holds {LIMIT} at most")
            self._header(name, stat.S_IFREG | mode, size, mtime)
            start = self.out.tell()
            shutil.copyfileobj(_Limited(source, size), self.out, 1 << 20)
            if self.out.tell() - start != size:
                raise ValueError(f"{path} became shorter while it was read")
        self._pad(size)

    def directory(self, name, mode=0o755, mtime=0):
        """A directory."""
        self._header(name, stat.S_IFDIR | mode, 0, mtime)

    def symlink(self, name, target, mtime=0):
        """A symbolic link."""
        data = os.fsencode(target)
        self._header(name, stat.S_IFLNK | 0o777, len(data), mtime)
        self.out.write(data)
        self._pad(len(data))

    def end(self):
        """The trailer; nothing may follow."""
        self._header("TRAILER!!!", 0, 0, 0)

    def _header(self, name, mode, size, mtime):
        self.inode += 1
        encoded = os.fsencode(name) + b"\0"
        links = 2 if stat.S_ISDIR(mode) else 1
        fields = (self.inode, mode, 0, 0, links, max(0, min(int(mtime), LIMIT)), size, 0, 0, 0, 0, len(encoded), 0)
        self.out.write(b"070701" + b"".join(b"%08X" % f for f in fields) + encoded)
        self._pad(110 + len(encoded))

    def _pad(self, length):
        self.out.write(b"\0" * (-length % 4))


class _Limited:
    """The first `size` bytes of a file."""

    def __init__(self, source, size):
        self.source, self.left = source, size

    def read(self, most):
        """As a file's read."""
        data = self.source.read(min(most, self.left))
        self.left -= len(data)
        return data
