/* Which struct stat the ISA has. */
#pragma once
#include "personalities/linux/emul/stat.h"

typedef struct stat_generic linux_stat;
#define stat_make stat_make_generic
