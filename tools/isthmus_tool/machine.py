"""One virtual machine: QEMU with a kernel and a bundle, and two pipes that are its serial line."""

import fcntl
import os
import re
import subprocess
import tempfile

from .errors import ToolError

# Small, so that what was typed waits on the host's side, where it can still be thrown away with the program it was meant for.
TO_GUEST_bytes = 4096


def parse_memory(text):
    """Checks a size as QEMU takes it (512M, 4G) and returns it."""
    if not re.fullmatch(r"[1-9][0-9]{0,6}[MG]", text.upper()):
        raise ToolError(f"--memory is '{text}'", "a number and M or G, such as 512M or 4G")
    return text.upper()


class Machine:
    """Starts QEMU; `with` ends it whatever happens. `output` and `input` are the line's ends to pump (see pump.py)."""

    def __init__(self, isa, kernel, bundle, memory="512M", cpus=1, options="", gdb_port=None, extra=()):
        """`bundle` is an open file; `options` is the kernel's command line; with `gdb_port` the machine waits for gdb; `extra` goes
        to QEMU as it is."""
        self.isa = isa
        self.complaints = tempfile.TemporaryFile()
        # Pipes and not a socket: QEMU writes byte by byte, and only a pipe packs bytes together.
        self.output, their_output = os.pipe()
        their_input, self.input = os.pipe()
        fcntl.fcntl(self.input, fcntl.F_SETPIPE_SZ, TO_GUEST_bytes)
        os.set_blocking(self.output, False)
        os.set_blocking(self.input, False)
        # setpriv: the machine ends with the tool even if the tool is killed. A session of its own: Ctrl-C is the tool's.
        command = ["setpriv", "--pdeathsig", "KILL", "--", *isa.qemu, "-nodefaults", "-no-user-config", "-display", "none",
                   "-monitor", "none", "-no-reboot", "-m", memory, "-smp", str(cpus),
                   "-chardev", "stdio,id=line,signal=off", "-serial", "chardev:line",
                   "-kernel", kernel, "-initrd", f"/proc/self/fd/{bundle.fileno()}", "-append", options, *extra]
        if isa.name == "x86_64":
            command += ["-device", "isa-debug-exit,iobase=0xf4,iosize=4"]
        if gdb_port:
            command += ["-S", "-gdb", f"tcp:127.0.0.1:{gdb_port}"]
        self.command = command
        try:
            self.process = subprocess.Popen(command, stdin=their_input, stdout=their_output, stderr=self.complaints,
                                            pass_fds=[bundle.fileno()], start_new_session=True)
        finally:
            os.close(their_input)
            os.close(their_output)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Ends QEMU at once: nothing of the guest's is kept."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.input)
        os.close(self.output)

    def epitaph(self):
        """After the line closed: how QEMU ended, in words."""
        try:
            status = self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return "QEMU closed the serial line and does not end"
        self.complaints.seek(0)
        words = self.complaints.read().decode(errors="replace").strip()
        how = f"QEMU ended with status {status}" if status >= 0 else f"QEMU was killed by signal {-status}"
        return how + (f", saying: {words}" if words else " (the guest switched off or reset the machine)")


def bundle_file():
    """A file for a bundle that leaves nothing behind, even if the tool is killed."""
    return os.fdopen(os.memfd_create("isthmus-bundle"), "w+b")
