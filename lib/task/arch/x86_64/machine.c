/* Which programs run on x86_64. */
#include "lib/task/elf.h"

const uint16_t elf_machine = 62; /* EM_X86_64 */
