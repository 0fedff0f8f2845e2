/* What a service finds at its start; see service.h. */
#include "lib/service/service.h"

#include "lib/rt/mem.h"

isthmus_slot service_cap(const char *name)
{
	const struct service_start *start = service_start();

	for (uint64_t i = 0; i < start->cap_count; i++)
		if (strncmp(start->cap[i].name, name, SERVICE_NAME_BYTES) == 0)
			return start->cap[i].slot;
	return 0;
}

const char *service_argument(const char *key)
{
	size_t length = strlen(key);

	for (const char *at = service_start()->arguments; *at != '\0'; at += strlen(at) + 1)
		if (strncmp(at, key, length) == 0 && at[length] == '=')
			return at + length + 1;
	return NULL;
}
