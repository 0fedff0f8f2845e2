// bundle: servers/memory
// limit: 120
// memory: 640M
/* The memory server: mapping, copying on write, limits, pagers, and that nothing is lost. */
#include "lib/rt/main.h"
#include "tests/system/memory/fixture.h"

void isthmus_main(uint64_t arg)
{
	rig_enter(arg);
	rig_begin();
	fixture_begin();
	test_map();
	test_fork();
	test_pager();
	test_large();
	test_cycles();
	test_done();
}
