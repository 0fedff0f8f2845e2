#include "personalities/linux/emul/wait_status.h"

#include "personalities/linux/abi/process.h"
#include "personalities/linux/abi/signal.h"

void wait_status_split(uint32_t status, int32_t *code, int32_t *value)
{
	uint32_t signal = status & 0x7f;

	if (status == LINUX_WAIT_CONTINUED) {
		*code = LINUX_CLD_CONTINUED;
		*value = LINUX_SIGCONT;
	} else if (signal == 0x7f) {
		*code = LINUX_CLD_STOPPED;
		*value = (int32_t)(status >> 8 & 0xff);
	} else if (signal) {
		*code = status & 0x80 ? LINUX_CLD_DUMPED : LINUX_CLD_KILLED;
		*value = (int32_t)signal;
	} else {
		*code = LINUX_CLD_EXITED;
		*value = (int32_t)(status >> 8 & 0xff);
	}
}
