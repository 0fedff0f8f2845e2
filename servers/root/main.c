/* Root: the first program.  It makes the services of the manifest in the bundle, watches and restarts them, and does nothing
 * else: it calls nobody, so nobody can make it wait. */
#include "lib/log/log.h"
#include "lib/rt/main.h"
#include "lib/rt/mem.h"
#include "lib/service/badge.h"
#include "servers/root/machine.h"
#include "servers/root/services.h"

#include <isthmus/proto/supervisor.h>

/* From the memory server, which alone has managed memory's faults; another service can only end itself. */
static enum isthmus_error serve_fault(void *self, uint64_t badge, uint64_t client, uint64_t cause, uint64_t address,
				      uint64_t pc, uint64_t sp)
{
	const uint64_t *memory = self;
	const struct end end = { .cause = cause, .address = address, .pc = pc };

	if (badge_client(badge) != *memory && badge_client(badge) != client)
		return ISTHMUS_E_RIGHT;
	service_ended(client, &end);
	return ISTHMUS_OK;
}

static enum isthmus_error serve_exit(void *self, uint64_t badge, uint64_t code)
{
	const struct end end = { .code = code };

	service_ended(badge_client(badge), &end);
	return ISTHMUS_OK;
}

static enum isthmus_error serve_poweroff(void *self, uint64_t badge, bool restart)
{
	if (!service_has_power(badge_client(badge)))
		return ISTHMUS_E_RIGHT;
	machine_stop(restart);
}

static const struct supervisor_ops ops = { .fault = serve_fault, .exit = serve_exit, .poweroff = serve_poweroff };

/* A service's fault that came to root itself: nobody manages its memory. */
static bool take_fault(uint64_t badge, const struct isthmus_message *m)
{
	const struct end end = { .cause = isthmus_tag_label(m->tag), .address = m->word[0], .pc = m->word[1] };

	service_ended(badge_client(badge), &end);
	return false;
}

static _Noreturn void serve(void)
{
	struct isthmus_message m = { 0 };
	uint64_t badge = 0, memory = service_client("memory");
	bool answer = false;

	for (;;) {
		enum isthmus_error error = answer ? isthmus_reply_recv(root_endpoint, &badge, &m)
						  : isthmus_recv(root_endpoint, &badge, &m);

		if (error != ISTHMUS_OK)
			answer = false;
		else if (isthmus_tag_kind(m.tag) == ISTHMUS_MESSAGE_FAULT)
			answer = take_fault(badge, &m);
		else
			answer = supervisor_dispatch(&ops, &memory, badge, &m);
	}
}

/* Reads the manifest; null, or why there is none.  A copy, because files in the bundle are not aligned. */
static const char *load_manifest(struct manifest *out)
{
	static uint64_t copy[MANIFEST_MOST_BYTES / 8];
	const void *file = NULL;
	size_t size = 0;

	if (!bundle_find("manifest", &file, &size))
		return "not in the bundle";
	if (size > sizeof(copy))
		return "too large";
	memcpy(copy, file, size);
	return manifest_read(copy, size, out);
}

void isthmus_main(uint64_t arg)
{
	struct manifest manifest;
	const char *why = NULL;

	machine_init();
	why = load_manifest(&manifest);
	if (why != NULL) {
		log_line("root: the manifest is %s", why);
		machine_stop(false);
	}
	services_start(&manifest);
	serve();
}
