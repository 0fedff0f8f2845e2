/* Which struct stat the ISA has. */
#pragma once
#include "personalities/linux/emul/stat.h"

typedef struct stat_x86_64 linux_stat;
#define stat_make stat_make_x86_64
