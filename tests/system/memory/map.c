/* Mapping, unmapping, protecting, and what is refused. */
#include "tests/system/memory/fixture.h"

static void zeros(void)
{
	volatile uint64_t *words = (volatile uint64_t *)map_own(0, 0, 40, READ_WRITE, 0);
	uint64_t sum = 0;
	struct counts before = count(server);

	for (uint64_t i = 0; i < 40 * PAGE / 8; i++)
		sum |= words[i];
	CHECK_EQUAL("fresh memory is zero", sum, 0);
	CHECK_EQUAL("pages are charged when they are touched", count(server).used - before.used, 40);
	for (uint64_t i = 0; i < 40; i++)
		words[i * PAGE / 8] = i;
	for (uint64_t i = 0; i < 40; i++)
		sum += words[i * PAGE / 8];
	CHECK_EQUAL("memory keeps what is written", sum, 40 * 39 / 2);
	CHECK_ERROR("unmap the middle", memory_space_unmap(server, own, (uint64_t)words + 10 * PAGE, 10 * PAGE),
		    ISTHMUS_OK);
	CHECK_EQUAL("pages come back", count(server).used - before.used, 30);
	CHECK_EQUAL("before the hole", words[9 * PAGE / 8], 9);
	CHECK_EQUAL("behind the hole", words[20 * PAGE / 8], 20);
	CHECK_EQUAL("in the hole", try_access((uint64_t)words + 10 * PAGE, false), ISTHMUS_FAULT_READ);
	CHECK_EQUAL("writing into the hole", try_access((uint64_t)words + 19 * PAGE, true), ISTHMUS_FAULT_WRITE);
	CHECK_ERROR("unmap all", memory_space_unmap(server, own, (uint64_t)words, 40 * PAGE), ISTHMUS_OK);
	CHECK_EQUAL("all pages come back", count(server).used, before.used);
}

static void protection(void)
{
	volatile uint64_t *words = (volatile uint64_t *)map_own(0, 0, 4, READ_WRITE, MEMORY_POPULATE);
	uint64_t at = (uint64_t)words;

	words[PAGE / 8] = 7;
	CHECK_ERROR("protect", memory_space_protect(server, own, at + PAGE, 2 * PAGE, READ), ISTHMUS_OK);
	CHECK_EQUAL("reading what is read-only", words[PAGE / 8], 7);
	CHECK_EQUAL("writing what is read-only", try_access(at + PAGE, true), MEMORY_FAULT_DENIED);
	CHECK_EQUAL("beside it", try_access(at + 3 * PAGE, true), 0);
	CHECK_ERROR("allow again", memory_space_protect(server, own, at + PAGE, PAGE, READ_WRITE), ISTHMUS_OK);
	CHECK_EQUAL("writing again", try_access(at + PAGE, true), 0);
	CHECK_ERROR("no access", memory_space_protect(server, own, at, PAGE, 0), ISTHMUS_OK);
	CHECK_EQUAL("reading without access", try_access(at, false), MEMORY_FAULT_DENIED);
	CHECK_ERROR("make a hole", memory_space_unmap(server, own, at + 2 * PAGE, PAGE), ISTHMUS_OK);
	CHECK_ERROR("protect it", memory_space_protect(server, own, at + PAGE, 3 * PAGE, READ), ISTHMUS_E_MEMORY);
	CHECK_ERROR("unmap", memory_space_unmap(server, own, at, 4 * PAGE), ISTHMUS_OK);
}

static int answer(void)
{
	return 42;
}

/* Code that is written and then run, in one mapping: the kernel maps for one of the two at a time. */
static void written_code(void)
{
	volatile uint8_t *code = (volatile uint8_t *)map_own(0, 0, 1, READ_WRITE | EXECUTE, 0);

	for (int i = 0; i < 64; i++)
		code[i] = ((const uint8_t *)answer)[i];
	CHECK_EQUAL("run what was written", ((int (*)(void))code)(), 42);
	code[63] = 0;
	CHECK_EQUAL("and again after a write", ((int (*)(void))code)(), 42);
	CHECK_ERROR("unmap", memory_space_unmap(server, own, (uint64_t)code, PAGE), ISTHMUS_OK);
}

static void objects(void)
{
	uint64_t object = 0, pages = 0, resident = 0;
	volatile uint64_t *one = NULL, *two = NULL, *copy = NULL;

	NEED("object", memory_object_create(server, 8, &object));
	one = (volatile uint64_t *)map_own(object, 0, 8, READ_WRITE, MEMORY_SHARED);
	two = (volatile uint64_t *)map_own(object, 4 * PAGE, 4, READ, MEMORY_SHARED);
	copy = (volatile uint64_t *)map_own(object, 4 * PAGE, 4, READ_WRITE, 0);
	one[4 * PAGE / 8] = 5;
	CHECK_EQUAL("two mappings of one object", two[0], 5);
	CHECK_EQUAL("a private one sees it", copy[0], 5);
	copy[0] = 6;
	CHECK_EQUAL("until it writes", two[0] * 10 + copy[0], 56);
	NEED("info", memory_object_info(server, object, &pages, &resident));
	CHECK_EQUAL("one page is there", pages * 10 + resident, 81);
	CHECK_ERROR("resize", memory_object_resize(server, object, 2), ISTHMUS_OK);
	CHECK_EQUAL("beyond the end", try_access((uint64_t)&one[4 * PAGE / 8], false), ISTHMUS_FAULT_BUS);
	CHECK_EQUAL("within", try_access((uint64_t)&one[PAGE / 8], true), 0);
	CHECK_ERROR("destroy", memory_object_destroy(server, object), ISTHMUS_OK);
	CHECK_ERROR("destroy again", memory_object_destroy(server, object), ISTHMUS_E_ARGUMENT);
	CHECK_EQUAL("the mapping keeps it", one[PAGE / 8], (uint64_t)&one[PAGE / 8]);
	for (int i = 0; i < 3; i++)
		NEED("unmap", memory_space_unmap(server, own, i == 0   ? (uint64_t)one
							      : i == 1 ? (uint64_t)two
								       : (uint64_t)copy,
						 (i == 0 ? 8 : 4) * PAGE));
}

static enum isthmus_error map_at(uint64_t address, uint64_t length, uint32_t prot, uint32_t flags)
{
	uint64_t got = 0;

	return memory_space_map(server, own, address, length, 0, 0, prot, flags, &got);
}

static void refusals(void)
{
	isthmus_slot other = fixture_session(9, 100);
	uint64_t got = 0;

	CHECK_ERROR("no length", map_at(OWN_LOW, 0, READ, 0), ISTHMUS_E_ARGUMENT);
	CHECK_ERROR("a length that wraps", map_at(OWN_LOW, UINT64_MAX, READ, 0), ISTHMUS_E_ARGUMENT);
	CHECK_ERROR("an address that wraps", map_at(-PAGE, 2 * PAGE, READ, MEMORY_FIXED), ISTHMUS_E_ARGUMENT);
	CHECK_ERROR("outside", map_at(OWN_HIGH, PAGE, READ, MEMORY_FIXED), ISTHMUS_E_ARGUMENT);
	CHECK_ERROR("across the end", map_at(OWN_HIGH - PAGE, 2 * PAGE, READ, MEMORY_FIXED), ISTHMUS_E_ARGUMENT);
	CHECK_ERROR("protection 8", map_at(OWN_LOW, PAGE, 8, 0), ISTHMUS_E_ARGUMENT);
	CHECK_ERROR("flag 16", map_at(OWN_LOW, PAGE, READ, 16), ISTHMUS_E_ARGUMENT);
	CHECK_ERROR("unmap outside", memory_space_unmap(server, own, 0, OWN_HIGH), ISTHMUS_E_ARGUMENT);
	CHECK_ERROR("no such space", memory_space_unmap(server, own + 1, OWN_LOW, PAGE), ISTHMUS_E_ARGUMENT);
	CHECK_ERROR("no such object", memory_object_resize(server, own, 1), ISTHMUS_E_ARGUMENT);
	CHECK_ERROR("another's space", memory_space_unmap(other, own, OWN_LOW, PAGE), ISTHMUS_E_ARGUMENT);
	CHECK_ERROR("limits that wrap", memory_space_adopt(other, PAGE, UINT64_MAX & ~(PAGE - 1), RIG_TASK, &got),
		    ISTHMUS_E_ARGUMENT);
	CHECK_ERROR("adopt what is no task", memory_space_adopt(other, PAGE, 2 * PAGE, RIG_POOL, &got),
		    ISTHMUS_E_KIND);
	CHECK_ERROR("no such fault", memory_fault_resume(server, own, 0), ISTHMUS_E_ARGUMENT);
	CHECK_ERROR("a session without a number", memory_space_destroy(fixture_session(0, 5), own), ISTHMUS_E_RIGHT);
}

void test_map(void)
{
	zeros();
	protection();
	written_code();
	objects();
	refusals();
}
