# What building the kernel for x86_64 needs beyond the Makefile's own flags.
KERNEL_CFLAGS += -Ikernel/arch/x86_64/include -fcf-protection=none
FIRMWARE      := acpi acpi_tables memory_map multiboot2 pvh

# The fast path leaves the message registers as user level left them.
FASTPATH_CFLAGS := $(foreach r,rsi rdx r8 r9 r10,-ffixed-$(r))
