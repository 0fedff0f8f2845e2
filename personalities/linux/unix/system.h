/* What the system calls itself. */
#pragma once

#define SYSTEM_RELEASE "6.1.0-isthmus"
#define SYSTEM_VERSION "#1 Isthmus"

const char *system_hostname(void);
