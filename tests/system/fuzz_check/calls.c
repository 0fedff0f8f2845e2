/* Compiled here as it is there. */
#include "tests/system/fuzz/calls.c"
