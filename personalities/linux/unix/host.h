/* What the server's logic needs from the system below it: memory, address spaces, threads, time, the console.
 *
 * The logic (all other modules but those that implement this) is plain C that runs as well under a unit test, which
 * implements these functions in its own way.  Functions that return int answer 0 or -errno. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct process;
struct call;

/* ---- the server's own memory (heap.c) ---- */
#define HOST_HEAP_BYTES (1ull << 30)

uint8_t *host_heap_base(void);
/* Makes bytes of the heap usable, zeroed; from then on touching them cannot fail. */
int host_heap_commit(uint64_t offset, uint64_t bytes) __attribute__((warn_unused_result));
/* Takes them back. */
int host_heap_release(uint64_t offset, uint64_t bytes) __attribute__((warn_unused_result));

/* ---- memory objects: pages that the server and processes map ---- */
struct host_object {
	uint64_t handle;        /* 0: none */
	uint8_t *bytes;         /* where the server has it mapped */
	uint64_t pages;
};

/* Makes an object of zeroed pages and maps it here, all of it usable. */
int host_object_create(struct host_object *object, uint64_t pages) __attribute__((warn_unused_result));
/* Makes it larger; `bytes` may move. */
int host_object_grow(struct host_object *object, uint64_t pages) __attribute__((warn_unused_result));
/* Ends the server's use of it; it lives as long as a process maps it. */
void host_object_destroy(struct host_object *object);

/* ---- a process's address space and thread; addresses and lengths are multiples of pages ---- */
/* Makes the space and thread of a process: empty but for the emulation library, with an exchange (process.exchange).
 * With a parent, the space is a copy of the parent's. */
int host_process_create(struct process *process, struct process *parent) __attribute__((warn_unused_result));
/* Destroys both; the thread never runs again. */
void host_process_destroy(struct process *process);
/* Empties the space for another program and puts in a fresh library. */
int host_process_clear(struct process *process) __attribute__((warn_unused_result));

/* Pages of RAM that the process has of its own. */
uint64_t host_process_pages(const struct process *process);

enum host_start { HOST_START_EXEC, HOST_START_CHILD };
/* Starts the thread at that entry of the library, whatever it did before. */
int host_thread_start(struct process *process, enum host_start where) __attribute__((warn_unused_result));
/* Takes the thread, which is outside of the server, to the library's signal entry, unless it is in the library, which looks
 * itself before it leaves. */
void host_thread_interrupt(struct process *process);
/* Whether it runs before those that are not preferred. */
void host_thread_prefer(struct process *process, bool preferred);
void host_thread_suspend(struct process *process);
void host_thread_resume(struct process *process);

#define HOST_NO_OBJECT NULL
struct host_mapping {
	uint64_t address, length;
	uint32_t prot;                          /* LINUX_PROT_ */
	bool shared;                            /* stores reach the object; else they make private copies */
	const struct host_object *object;       /* null: zeroes */
	uint64_t offset;                        /* bytes into the object */
};
int host_map(struct process *process, const struct host_mapping *mapping) __attribute__((warn_unused_result));
int host_unmap(struct process *process, uint64_t address, uint64_t length) __attribute__((warn_unused_result));
int host_protect(struct process *process, uint64_t address, uint64_t length, uint32_t prot) __attribute__((warn_unused_result));

/* ---- answers ---- */
/* Keeps the right to answer the request in hand, for process->call. */
void host_reply_save(struct process *process);
/* Answers with process->call.out. */
void host_reply(struct process *process);

/* ---- time, in ns ---- */
uint64_t host_now(void);        /* since the start: CLOCK_MONOTONIC */
uint64_t host_realtime(void);   /* since 1970 */
void host_realtime_set(uint64_t ns);
void host_alarm(uint64_t deadline);     /* wake the server then; all ones: never */
void host_alarm_rang(void);             /* the alarm came: the next one is to be set again */

/* ---- the console ---- */
/* Writes what fits now, and returns how many bytes that were. */
size_t host_console_write(char channel, const void *data, size_t bytes);
/* Takes what has come, and returns how many bytes that were; *end tells that nothing will follow. */
size_t host_console_read(char channel, void *data, size_t most, bool *end);
/* The size of the host's terminal; 0 if it is not known. */
void host_console_size(unsigned *rows, unsigned *columns);
/* The first process ended, by a signal or with an exit status: the host is told once all output is out. */
void host_end(bool killed, int number);

/* ---- the rest ---- */
void host_random(void *data, size_t bytes);
struct host_memory {
	uint64_t total, free;           /* bytes */
	uint64_t spaces, objects;       /* that the memory server keeps for this one */
	uint64_t cells_free;            /* of the memory server, out of which processes are made */
	uint64_t own_cells_free;
};
void host_memory_info(struct host_memory *out);
extern const char host_machine[];               /* as uname tells it */
extern const uint16_t host_elf_machine;         /* e_machine of programs that run here */
void host_log(const char *format, ...) __attribute__((format(printf, 1, 2)));
