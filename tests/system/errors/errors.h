/* The parts of the test of errors. */
#pragma once
#include "lib/test/rig.h"

enum { KINDS = ISTHMUS_REPLY + 1 };

/* A living object of each kind that has capabilities, with all rights; of ISTHMUS_REPLY none. */
extern isthmus_slot good[KINDS];

/* An empty slot; one behind the last leaf; one whose object is gone, and kinds of it. */
extern isthmus_slot empty, no_leaf, dead;

/* Words that stand for slots: ERRORS_EMPTY for the empty one, ERRORS_GOOD + kind for the good one of a kind. */
enum { ERRORS_EMPTY = 1000, ERRORS_GOOD = 1001 };

/* Calls an operation with these words; answers its error. */
enum isthmus_error try(uint64_t operation, uint64_t slot, const uint64_t word[ISTHMUS_MESSAGE_WORDS]);

void argument_tests(void);
