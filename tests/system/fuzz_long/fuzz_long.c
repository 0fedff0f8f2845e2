/* limit: 3600
 * long: ten million calls
 * memory: 128M
 * options: fuzz=10000000
 *
 * Ten million random system calls; see tests/system/fuzz/. */
#include "tests/system/fuzz/fuzz.c"
