/* What the test must know of the instruction set.  Registers below these numbers are read and written: the flags of a thread that
 * faulted, and flags that would trap or confuse the compiler's code, are left out. */
#pragma once
enum { ISA = 1, REGISTERS_READ = 17, REGISTERS_WRITTEN = 17 };
