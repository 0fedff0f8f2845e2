/* Reading the compiled manifest.  The build made it, but nothing of it is believed: a manifest of another version must give
 * a message and not a system that is half there. */
#include "servers/root/manifest.h"

#include "lib/rt/mem.h"

static bool is_text(const char *text, size_t bytes)
{
	return text[0] != '\0' && memchr(text, '\0', bytes) != NULL;
}

/* Whether [first, first + count) lies within a table of `size` rows. */
static bool rows_are_within(uint32_t first, uint32_t count, uint32_t size)
{
	return first <= size && count <= size - first;
}

static const char *check_service(const struct manifest *m, const struct manifest_service *s)
{
	if (!is_text(s->name, sizeof(s->name)) || !is_text(s->program, sizeof(s->program)))
		return "a service's name or program is no text";
	if (s->priority > 62 || s->restart > RESTART_ALWAYS || s->slice_us == 0)
		return "a service's priority, restart or slice is out of range";
	if (s->memory >> 40 != 0 || s->cells > 1u << 20)
		return "a service's memory or cells are out of range";
	if (!rows_are_within(s->first_cap, s->caps, m->caps) ||
	    !rows_are_within(s->first_argument, s->arguments, m->arguments))
		return "a service's capabilities or arguments are outside of their table";
	return NULL;
}

static const char *check_cap(const struct manifest *m, const struct manifest_cap *c)
{
	if (!is_text(c->name, sizeof(c->name)))
		return "a capability's name is no text";
	if (c->kind < CAP_SERVICE || c->kind > CAP_SUPERVISOR)
		return "a capability is of an unknown kind";
	if (c->kind == CAP_SERVICE && c->target >= m->services)
		return "a capability of a service that is not there";
	if ((c->kind == CAP_DEVICE || c->kind == CAP_IRQ || c->kind == CAP_NOTIFICATION) && c->target != 0)
		return "a capability of an unknown device or notification";
	if (c->percent > 100 || c->value >> 40 != 0)
		return "a capability's quota is out of range";
	return NULL;
}

static const char *check_tables(const struct manifest *m)
{
	const char *why = NULL;

	for (uint32_t i = 0; i < m->services && why == NULL; i++)
		why = check_service(m, &m->service[i]);
	for (uint32_t i = 0; i < m->caps && why == NULL; i++)
		why = check_cap(m, &m->cap[i]);
	for (uint32_t i = 0; i < m->arguments && why == NULL; i++)
		if (!is_text(m->argument[i], MANIFEST_ARGUMENT_BYTES))
			why = "an argument is no text";
	return why;
}

const char *manifest_read(const void *file, size_t size, struct manifest *out)
{
	struct manifest_header h;
	const char *at = file;

	if (size < sizeof(h))
		return "shorter than its header";
	memcpy(&h, file, sizeof(h));
	if (h.magic != MANIFEST_MAGIC || h.version != MANIFEST_VERSION)
		return "not a manifest of this version";
	if (h.services == 0 || h.services > MANIFEST_SERVICES || h.caps > MANIFEST_CAPS || h.arguments > MANIFEST_ARGUMENTS)
		return "more rows than there can be, or no service";
	if (size != sizeof(h) + h.services * sizeof(*out->service) + h.caps * sizeof(*out->cap) +
			    h.arguments * sizeof(*out->argument))
		return "of another length than its tables";
	out->services = h.services;
	out->caps = h.caps;
	out->arguments = h.arguments;
	at += sizeof(h);
	out->service = (const void *)at;
	at += h.services * sizeof(*out->service);
	out->cap = (const void *)at;
	at += h.caps * sizeof(*out->cap);
	out->argument = (const void *)at;
	return check_tables(out);
}
