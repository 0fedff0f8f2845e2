/* Everything a user program needs to call the kernel: the interface's constants, messages, and a typed stub for each
 * operation (isthmus/stubs.h, generated from abi/isthmus.toml). */
#pragma once

#include <isthmus/abi.h>
#include <isthmus/stubs.h>

#include "lib/sys/message.h"
#include "lib/sys/syscall.h"

/* What the kernel tells the root task; no other task has it mapped. */
static inline const struct isthmus_boot_info *isthmus_boot_info(void)
{
	return (const struct isthmus_boot_info *)(uintptr_t)ISTHMUS_BOOT_INFO_ADDRESS;
}
