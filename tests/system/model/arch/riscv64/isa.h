/* What the test must know of the instruction set. */
#pragma once
enum { ISA = 0, REGISTERS_READ = 32, REGISTERS_WRITTEN = 32 };
