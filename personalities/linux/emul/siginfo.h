/* What signal frames of every ISA hold besides registers. */
#pragma once

#include <stdint.h>

/* Linux's stack_t. */
struct linux_stack {
	uint64_t sp;
	int32_t flags;
	uint32_t pad;
	uint64_t size;
};

/* Linux's siginfo: the head, and the union's members that are used. */
struct linux_siginfo {
	int32_t signal, error, code, pad;
	union {
		struct {
			int32_t pid;
			uint32_t uid;
			union {
				uint64_t value;
				struct {
					int32_t status, pad;
					uint64_t utime, stime;
				} child;
			};
		};
		uint64_t address;
		uint8_t bytes[112];
	};
};

_Static_assert(sizeof(struct linux_siginfo) == 128, "SI_MAX_SIZE");
