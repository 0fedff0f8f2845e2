/* What a Linux process and the unix server have in common: where things lie in a process's address space, and the page
 * through which they tell each other what does not fit into a message.
 *
 * The server maps the exchange of every process.  It trusts nothing that it reads there, since the process can write it
 * at any time; the process trusts the server. */
#pragma once

#include <stdint.h>

/* ---- a process's address space: the same on every ISA, below 2^38 ---- */
#define USER_START     0x1000ull        /* the first address that mmap gives out */
#define USER_END       0x3e00000000ull  /* end of user memory; the stack ends here */
#define STACK_SIZE     0x800000ull      /* of the main stack, grown on demand by faults */
#define MMAP_END       0x3d00000000ull  /* mappings without a wish are put below this */
#define PIE_BASE       0x2a00000000ull  /* where a position-independent program is loaded */

#define EMUL_BASE      0x3f00000000ull  /* redirection window: the emulation library's text and constants */
#define EMUL_SIZE      0x100000ull
#define EMUL_DATA      0x3f10000000ull  /* its data and stack: private, copied by fork, fresh after exec */
#define EMUL_DATA_SIZE 0x10000ull
#define EXCHANGE_BASE  0x3f20000000ull  /* struct exchange and the bulk buffer: shared with the unix server */
#define EXCHANGE_SIZE  0x8000ull

/* Offsets within the exchange.  Every offset in a message is one of the bulk buffer. */
#define EXCHANGE_BULK  0x1000u          /* bulk data: from here ... */
#define EXCHANGE_BULK_END 0x7000u       /* ... to here, 24 KiB */
#define EXCHANGE_REDIRECT 0x7000u       /* the thread's redirection frame, where the ISA has one (thread_redirect) */
#define EXCHANGE_BULK_SIZE (EXCHANGE_BULK_END - EXCHANGE_BULK)

/* The slot of a process's capability table with which it calls the unix server. */
#define UNIX_SLOT 16

#define EXCHANGE_VERSION 1

/* How a signal is told: the fields of Linux's siginfo that anybody asks for, ISA-neutral. */
struct unix_siginfo {
	int32_t signal;
	int32_t error;
	int32_t code;           /* SI_USER, SEGV_MAPERR, CLD_EXITED, ... */
	int32_t pid;            /* of the sender, or of the child */
	uint32_t uid;
	int32_t status;         /* of a child */
	uint64_t address;       /* of a fault */
	uint64_t value;         /* of sigqueue, or a timer's */
	uint64_t utime, stime;  /* clock ticks, of a child */
};

/* What execve found; the library builds the new stack out of it.  All addresses are of the new program. */
struct exec_facts {
	uint64_t entry;         /* where the program starts: its own entry, or its interpreter's */
	uint64_t program_entry; /* AT_ENTRY */
	uint64_t phdr;          /* AT_PHDR */
	uint64_t phnum;
	uint64_t phent;
	uint64_t base;          /* AT_BASE: of the interpreter, 0 without one */
	uint64_t stack_top;     /* first byte of the strings, page-aligned: the stack begins here and grows downward */
	uint64_t strings;       /* argc argument strings, envc environment strings, the file's path: each ended by NUL */
	uint64_t strings_size;
	uint64_t argc;
	uint64_t envc;
	uint8_t random[16];     /* AT_RANDOM */
	uint64_t brk;           /* first address behind the program */
	/* The rest of a page that is part file and part zeroes, of the program and of its interpreter: the library zeroes
	 * [start, end), which is writable, before anything else runs.  Empty if start == end. */
	struct { uint64_t start, end; } zero[2];
};

/* The first page.  `blocked` is the process's to write; the server writes everything else. */
struct exchange {
	uint32_t version;
	uint32_t reserved;
	/* Signal s is bit s - 1.  The process sets `blocked`, then (after a fence) looks at `pending & ~blocked` before it goes
	 * back to the program, and asks for UNIX_SIGNAL_NEXT if there is one.  The server sets `pending`, then looks at
	 * `blocked` to tell whether to interrupt; it takes no notice of SIGKILL and SIGSTOP in it. */
	uint64_t pending;
	uint64_t blocked;
	int32_t pid, ppid, pgid, sid;
	uint32_t uid, euid, suid, gid, egid, sgid;
	uint64_t ticks_per_second;      /* of the counter that user level reads */
	uint64_t boot_ticks;            /* the counter when the system started: CLOCK_MONOTONIC is 0 */
	uint64_t realtime_ns;           /* CLOCK_REALTIME at that time, since 1970 */
	uint64_t signal_pc;             /* where the program was when a signal took it to signal_entry */
	struct unix_siginfo siginfo;    /* of the signal that UNIX_SIGNAL_NEXT or UNIX_SIGNAL_WAIT answered */
	struct exec_facts exec;
};
_Static_assert(sizeof(struct exchange) <= EXCHANGE_BULK, "the header is one page");

/* What the unix server must know about the emulation library, at EMUL_BASE + EMUL_HEADER_OFFSET; the redirection entry
 * before it jumps over it.  All addresses are absolute and lie in the library's text and constants. */
#define EMUL_HEADER_OFFSET 64
#define EMUL_HEADER_MAGIC  0x4c554d45u  /* "EMUL" */

struct emul_header {
	uint32_t magic;
	uint32_t version;       /* EXCHANGE_VERSION */
	/* Where threads begin, with any stack pointer. */
	uint64_t exec_entry;    /* a new program, with exchange.exec filled in */
	uint64_t child_entry;   /* the child of a fork */
	/* A signal stopped the program outside of the library: exchange.signal_pc has the pc, every other register is as it
	 * was (riscv64: pc and t0 are in the redirection frame, and t0 has its address, as for a redirected call). */
	uint64_t signal_entry;
	/* From the last look at exchange.pending until the program runs: who is stopped in here by a signal goes on at
	 * leave_restart, which looks again. */
	uint64_t leave_start, leave_end, leave_restart;
	/* A table of struct emul_fixup: a fault at start <= pc < end, while copying from or to user memory, goes on at target. */
	uint64_t fixups_start, fixups_end;
};

struct emul_fixup {
	uint64_t start, end, target;
};
