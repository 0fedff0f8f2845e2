/* Signals: sent, pending, acted upon.  Handlers run in the process; everything else happens here. */
#pragma once

#include "personalities/linux/unix/process.h"

/* Sends a signal; `info` says why and is copied. */
void signal_send(struct process *to, const struct unix_siginfo *info);
/* The same from the kernel's side, without details. */
void signal_send_simple(struct process *to, int signal);
/* To every member of a group.  Returns how many there are. */
unsigned signal_send_group(int32_t pgid, int signal);
/* Signals that wait and are not blocked. */
uint64_t signal_deliverable(const struct process *process);
uint64_t signal_blocked(const struct process *process);
bool signal_is_ignored(const struct process *process, int signal);
/* The signal whose handler is to run now, taken from those that wait; 0 if there is none.  What has no handler is done
 * on the way: *ended tells that the process is no more. */
int signal_next(struct process *process, bool *ended);
/* A fault of the process: the signal kills if it is blocked or ignored. */
void signal_force(struct process *process, const struct unix_siginfo *info);
void signal_continue(struct process *process);
/* After execve: handlers are gone, ignored signals stay so. */
void signal_reset_handlers(struct process *process);
/* Changes what happens on a signal; drops those waiting if it is to be ignored. */
void signal_set_action(struct process *process, int signal, const struct signal_action *action);
/* Tells the exchange. */
void signal_publish(struct process *process);
