/* Requests about the system as a whole. */
#include "personalities/linux/unix/call.h"

#include "lib/rt/fmt.h"
#include "lib/rt/mem.h"
#include "personalities/linux/unix/system.h"

static char hostname[65] = "isthmus";

const char *system_hostname(void)
{
	return hostname;
}

int64_t call_uname(struct process *process, struct call *call)
{
	struct linux_utsname name = { .sysname = "Linux", .release = SYSTEM_RELEASE, .version = SYSTEM_VERSION, .domainname = "(none)" };

	memcpy(name.nodename, hostname, sizeof hostname);
	fmt_string(name.machine, sizeof name.machine, "%s", host_machine);
	return call_put(process, call->w[0], &name, sizeof name);
}

int64_t call_sethostname(struct process *process, struct call *call)
{
	if (process->creds.euid != 0)
		return -EPERM;
	if (call->w[1] >= sizeof hostname)
		return -EINVAL;
	if (!call_bulk(process, call->w[0], call->w[1]))
		return -EFAULT;
	memset(hostname, 0, sizeof hostname);
	return call_get(process, call->w[0], hostname, call->w[1]);
}

int64_t call_prctl_name(struct process *process, struct call *call)
{
	char name[PROCESS_NAME];

	if (!call->w[1])
		return call_put(process, call->w[0], process->name, PROCESS_NAME);
	if (call_get(process, call->w[0], name, sizeof name) < 0)
		return -EFAULT;
	name[PROCESS_NAME - 1] = 0;
	memcpy(process->name, name, sizeof name);
	return 0;
}

int64_t call_sysinfo(struct process *process, struct call *call)
{
	struct host_memory memory;
	struct linux_sysinfo info = { .uptime = (int64_t)(host_now() / 1000000000), .procs = (uint16_t)process_count(), .mem_unit = 1 };

	host_memory_info(&memory);
	info.totalram = memory.total;
	info.freeram = memory.free;
	return call_put(process, call->w[0], &info, sizeof info);
}

int64_t call_getrandom(struct process *process, struct call *call)
{
	void *out = call_bulk(process, call->w[0], call->w[1]);

	if (!out)
		return -EFAULT;
	host_random(out, call->w[1]);
	return (int64_t)call->w[1];
}

int64_t call_reboot(struct process *process, struct call *call)
{
	if (process->creds.euid != 0)
		return -EPERM;
	switch ((uint32_t)call->w[0]) {
	case 0x4321fedc:                /* power off */
	case 0xcdef0123:                /* halt */
	case 0x01234567:                /* restart: the machine has nobody to start it again */
		host_end(false, 0);
		return 0;
	default:
		return -EINVAL;
	}
}

int64_t call_syslog(struct process *process, struct call *call)
{
	return -ENOSYS;
}

int64_t call_report_unsupported(struct process *process, struct call *call)
{
	call_count_unsupported(call->w[0]);
	return 0;
}
