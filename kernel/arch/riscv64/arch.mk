# riscv64: <arch/...> is this port's.  No small-data section: gp is user level's, the kernel never loads it.
KERNEL_CFLAGS += -Ikernel/arch/riscv64/include -msmall-data-limit=0

# The fast path runs between trap_entry and an exit with no stack: the message registers stay as user level left them, and
# s1 to s11 are free, since trap_entry saved them.
FASTPATH_CFLAGS := $(foreach r,a1 a2 a3 a4 a5 a6 a7 t0 t3 t4 s0,-ffixed-$(r)) \
                   $(foreach r,2 4 6 8 9 10 11,-fcall-used-s$(r))

FIRMWARE := fdt fdt_node fdt_riscv fdt_walk
