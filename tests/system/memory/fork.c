/* Spaces of processes: copying on write, limits, a thread that runs in one. */
#include "tests/system/memory/fixture.h"

void test_fork(void)
{
}
