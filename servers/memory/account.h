/* Who pays for pages: an account with a limit, within another one (a space's within its client's).
 *
 * An account is charged before the page is taken, so a limit is never exceeded, not even for a moment. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct account {
	uint64_t used, limit;   /* pages; used <= limit unless the limit was lowered afterwards */
	struct account *parent; /* is charged too; null at the top */
	uint64_t users;         /* objects that refer to it */
	uint64_t records;       /* top: what this server remembers for it besides pages */
};

static inline bool account_has_room(const struct account *a, uint64_t pages)
{
	return a->used <= a->limit && a->limit - a->used >= pages;
}

/* Charges `pages` to the account and those above it, or to none of them; false if one has no room. */
__attribute__((warn_unused_result)) static inline bool account_charge(struct account *account, uint64_t pages)
{
	for (struct account *a = account; a != NULL; a = a->parent)
		if (!account_has_room(a, pages))
			return false;
	for (struct account *a = account; a != NULL; a = a->parent)
		a->used += pages;
	return true;
}

/* Takes back what account_charge did. */
static inline void account_refund(struct account *account, uint64_t pages)
{
	for (struct account *a = account; a != NULL; a = a->parent)
		a->used -= pages;
}

static inline struct account *account_top(struct account *account)
{
	while (account->parent != NULL)
		account = account->parent;
	return account;
}

/* Counts a record of this server's own (an object, a region, a number) for whoever caused it, and says whether it may have
 * one more: four times as many as pages, so that nobody can make the server itself run out of memory. */
__attribute__((warn_unused_result)) static inline bool account_record(struct account *account)
{
	struct account *top = account_top(account);

	if (top->records / 4 >= top->limit)
		return false;
	top->records++;
	return true;
}

static inline void account_unrecord(struct account *account)
{
	account_top(account)->records--;
}
