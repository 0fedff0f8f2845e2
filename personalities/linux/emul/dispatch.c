/* From a system call's number to its handler, and what is the same for all calls. */
#include "personalities/linux/emul/deliver.h"
#include "personalities/linux/emul/unix.h"

#include "lib/sys/sys.h"

#include <isthmus/linux_calls.h>

int64_t unix_call(uint64_t method, uint64_t words[static 8])
{
	struct isthmus_message m;
	enum isthmus_error error;

	/* `cancelled`: a signal stopped this thread while it waited for the server's attention, which knows nothing of the
	 * request. */
	do {
		m.tag = isthmus_tag(method, 0);
		for (unsigned i = 0; i < 8; i++)
			m.word[i] = words[i];
		error = isthmus_call(UNIX_SLOT, &m);
	} while (error == ISTHMUS_E_CANCELLED);
	for (unsigned i = 0; i < 8; i++)
		words[i] = m.word[i];
	return error ? -EIO : (int64_t)m.word[0];
}

int64_t call_refused(const uint64_t a[static 6], const struct emul_call *call)
{
	UNIX_CALL(UNIX_UNSUPPORTED, call->method);
	return -ENOSYS;
}

/* One word of a request.  Paths go to PATH_A, then to PATH_B. */
static int64_t word_make(uint64_t *word, unsigned kind, unsigned index, const uint64_t a[static 6], uint64_t *place)
{
	switch (kind) {
	case EMUL_WORD_CONSTANT:
		*word = (uint64_t)(int64_t)emul_constants[index];
		return 0;
	case EMUL_WORD_INT:
		*word = (uint64_t)as_int(a[index]);
		return 0;
	case EMUL_WORD_UINT:
		*word = as_uint(a[index]);
		return 0;
	case EMUL_WORD_PATH:
		*word = *place;
		*place += PATH_B - PATH_A;
		return path_in(*word, a[index]);
	default:
		*word = a[index];
		return 0;
	}
}

int64_t call_by_table(const uint64_t a[static 6], const struct emul_call *call)
{
	uint64_t words[8] = { 0 };
	uint64_t place = PATH_A;

	for (unsigned i = 0; i < sizeof call->words && call->words[i]; i++) {
		int64_t error = word_make(&words[i], call->words[i] >> 4, call->words[i] & 15, a, &place);
		if (error)
			return error;
	}
	return unix_call(call->method, words);
}

static const struct emul_call *call_find(uint64_t number)
{
	static const struct emul_call none = { call_refused, UINT16_MAX, { 0 } };

	return number < EMUL_CALLS && emul_calls[number].handler ? &emul_calls[number] : &none;
}

/* Called by entry.S with the program's registers saved. */
void emul_syscall(void)
{
	struct user_regs *regs = &emul_data.regs;
	const struct emul_call *call = call_find(as_uint(regs_number(regs)));
	uint64_t a[6];
	int64_t result;

	regs_arguments(regs, a);
	result = call->handler(a, call);
	if (result == RESULT_IN_REGISTERS)
		return;
	regs_set_result(regs, result);
	if (emul_data.restore_mask || result_is_restart(result))
		signals_after_call(result);
	else
		emul_data.kept = false;
}
