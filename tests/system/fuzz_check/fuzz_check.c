/* limit: 240
 * memory: 64M
 * options: check=1 cells=1024 fuzz=4000
 *
 * Random system calls, with every invariant of the kernel checked after each; see tests/system/fuzz/. */
#include "tests/system/fuzz/fuzz.c"
