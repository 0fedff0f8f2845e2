/* The parts of the test of messages. */
#pragma once
#include "lib/test/rig.h"

void registers_tests(void);
void transfer_tests(void);
