/* Numbers by which clients name what is theirs: (index, generation), checked at every use, never used twice. */
#pragma once

#include <stdint.h>

enum handle_kind { HANDLE_FREE, HANDLE_SPACE, HANDLE_OBJECT, HANDLE_FAULT };

#define HANDLE_BITS 56 /* a handle is below 1 << HANDLE_BITS, and not 0 */

/* A number for a record that belongs to `owner`; 0 without memory. */
__attribute__((warn_unused_result)) uint64_t handle_make(enum handle_kind kind, void *record, const void *owner);
/* The record, if the number is one of that kind and owner (null: whoever's); else null. */
void *handle_get(uint64_t handle, enum handle_kind kind, const void *owner);
/* Takes the number out of use; 0 is passed over. */
void handle_drop(uint64_t handle);
