/* Names and directories: a table of entries that grows.  Nothing here calls the kernel, so that a host can test it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { NAME_WORDS = 3 };

enum entry_state { ENTRY_FREE, ENTRY_NAME, ENTRY_DIRECTORY };

struct entry {
	uint64_t name[NAME_WORDS]; /* a client's first directory: all zero */
	uint64_t order;            /* ascending in time: where listing goes on */
	uint64_t slot;             /* of the capability; 0 for a directory */
	uint64_t client;           /* whose it is */
	uint32_t parent;           /* 0: a client's first directory */
	uint32_t child, next;      /* first entry in it; next one beside it, or next free one */
	uint32_t generation;
	uint32_t state;
	uint32_t count; /* a client's first directory: names in all that is below it */
};

struct names {
	struct entry *entry; /* entry 0 is not used */
	uint32_t room, free;
	uint32_t roots; /* clients' first directories, linked by `next` */
	uint64_t order; /* last given */
};

/* Says that the table has become longer. */
void names_extend(struct names *names, uint32_t room);

/* A client's first directory, made if it is not there; 0 if there is no room. */
uint32_t names_root(struct names *names, uint64_t client);
/* The entry of that name in a directory, or 0. */
uint32_t names_find(const struct names *names, uint32_t directory, const uint64_t name[NAME_WORDS]);
/* Adds one that is not there yet: a directory if slot is 0.  0 if there is no room. */
uint32_t names_add(struct names *names, uint32_t directory, const uint64_t name[NAME_WORDS], uint64_t slot);
/* Removes an entry that has a name, and all below it; `drop` is told the slot of each. */
void names_remove(struct names *names, uint32_t i, void (*drop)(uint64_t slot));
/* The first entry of a directory behind a position, or 0. */
uint32_t names_after(const struct names *names, uint32_t directory, uint64_t position);
/* How many names the client has to whom an entry belongs. */
uint32_t names_count(const struct names *names, uint32_t i);

/* A directory's number for others, and back: 0 if it is none any more. */
uint64_t names_handle(const struct names *names, uint32_t directory);
uint32_t names_of_handle(const struct names *names, uint64_t handle);
