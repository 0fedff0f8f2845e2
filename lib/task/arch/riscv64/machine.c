/* Which programs run on riscv64. */
#include "lib/task/elf.h"

const uint16_t elf_machine = 243; /* EM_RISCV */
