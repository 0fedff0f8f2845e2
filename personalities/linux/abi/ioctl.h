/* Linux's ioctls that are known here, the same on x86_64 and riscv64, and how many bytes each moves. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum linux_ioctl {
	LINUX_TCGETS = 0x5401, LINUX_TCSETS = 0x5402, LINUX_TCSETSW = 0x5403, LINUX_TCSETSF = 0x5404, LINUX_TCSBRK = 0x5409,
	LINUX_TCXONC = 0x540a, LINUX_TCFLSH = 0x540b, LINUX_TIOCSCTTY = 0x540e, LINUX_TIOCGPGRP = 0x540f,
	LINUX_TIOCSPGRP = 0x5410, LINUX_TIOCOUTQ = 0x5411, LINUX_TIOCGWINSZ = 0x5413, LINUX_TIOCSWINSZ = 0x5414,
	LINUX_FIONREAD = 0x541b, LINUX_FIONBIO = 0x5421, LINUX_TIOCNOTTY = 0x5422, LINUX_TIOCGSID = 0x5429,
	LINUX_FIONCLEX = 0x5450, LINUX_FIOCLEX = 0x5451,
};

/* struct termios of the kernel's interface, which is not the C library's. */
struct linux_termios {
	uint32_t iflag, oflag, cflag, lflag;
	uint8_t line;
	uint8_t cc[19];
};
_Static_assert(sizeof(struct linux_termios) == 36, "as TCGETS has it");

struct linux_winsize { uint16_t rows, columns, x_pixels, y_pixels; };

enum linux_termios_bits {
	LINUX_IGNBRK = 1, LINUX_BRKINT = 2, LINUX_ISTRIP = 0x20, LINUX_INLCR = 0x40, LINUX_IGNCR = 0x80, LINUX_ICRNL = 0x100,
	LINUX_IXON = 0x400, LINUX_IXANY = 0x800, LINUX_IMAXBEL = 0x2000, LINUX_IUTF8 = 0x4000,
	LINUX_OPOST = 1, LINUX_ONLCR = 4, LINUX_OCRNL = 8, LINUX_ONOCR = 0x10, LINUX_ONLRET = 0x20,
	LINUX_B38400 = 0xf, LINUX_CS8 = 0x30, LINUX_CREAD = 0x80,
	LINUX_ISIG = 1, LINUX_ICANON = 2, LINUX_ECHO = 8, LINUX_ECHOE = 0x10, LINUX_ECHOK = 0x20, LINUX_ECHONL = 0x40,
	LINUX_NOFLSH = 0x80, LINUX_TOSTOP = 0x100, LINUX_ECHOCTL = 0x200, LINUX_ECHOKE = 0x800, LINUX_IEXTEN = 0x8000,
};

enum linux_cc {
	LINUX_VINTR, LINUX_VQUIT, LINUX_VERASE, LINUX_VKILL, LINUX_VEOF, LINUX_VTIME, LINUX_VMIN, LINUX_VSWTC, LINUX_VSTART,
	LINUX_VSTOP, LINUX_VSUSP, LINUX_VEOL, LINUX_VREPRINT, LINUX_VDISCARD, LINUX_VWERASE, LINUX_VLNEXT, LINUX_VEOL2,
};

/* How many bytes the argument points at: read by the call, and written by it.  Both 0: the argument is a number, or there
 * is none.  False: not a request that is known here (then Linux's answer for most files is ENOTTY). */
static inline bool linux_ioctl_sizes(uint32_t request, size_t *in, size_t *out)
{
	*in = *out = 0;
	switch (request) {
	case LINUX_TCGETS: *out = sizeof(struct linux_termios); return true;
	case LINUX_TCSETS: case LINUX_TCSETSW: case LINUX_TCSETSF: *in = sizeof(struct linux_termios); return true;
	case LINUX_TIOCGPGRP: case LINUX_TIOCGSID: case LINUX_FIONREAD: case LINUX_TIOCOUTQ: *out = 4; return true;
	case LINUX_TIOCSPGRP: case LINUX_FIONBIO: *in = 4; return true;
	case LINUX_TIOCGWINSZ: *out = sizeof(struct linux_winsize); return true;
	case LINUX_TIOCSWINSZ: *in = sizeof(struct linux_winsize); return true;
	case LINUX_TCSBRK: case LINUX_TCXONC: case LINUX_TCFLSH: case LINUX_TIOCSCTTY: case LINUX_TIOCNOTTY:
	case LINUX_FIONCLEX: case LINUX_FIOCLEX: return true;
	default: return false;
	}
}
