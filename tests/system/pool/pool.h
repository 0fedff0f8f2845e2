/* The parts of the test of pools. */
#pragma once
#include "lib/test/rig.h"

void reap_tests(void);
