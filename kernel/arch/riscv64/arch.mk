# riscv64: <arch/...> is this port's.  No small-data section: gp is user level's, the kernel never loads it.
KERNEL_CFLAGS += -Ikernel/arch/riscv64/include -msmall-data-limit=0
