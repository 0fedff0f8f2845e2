/* Linux's struct termios and the line discipline's settings: one from the other. */
#pragma once

#include "lib/tty/line.h"
#include "personalities/linux/abi/ioctl.h"

void termios_to_line(const struct linux_termios *from, struct line_settings *to);
void termios_of_line(const struct line_settings *from, struct linux_termios *to);
