# The emulation library: position-fixed, no data, and linked to nothing, because a process has nothing else of the
# system's.  Addresses are relative to the pc, which reaches its data and the exchange from its text.
EMUL := $(here)

$(here)_LDSCRIPT := $(here)/emul.ld
$(here)_LIBS     :=
$(here)_LDFLAGS  := -Wl,--no-relax

EMUL_FLAGS_x86_64  := -fpie
EMUL_FLAGS_riscv64 := -mcmodel=medany
$(here)_CFLAGS   := $(EMUL_FLAGS_$(ARCH)) -I$(B)/emul

EMUL_TABLE := $(B)/gen/isthmus/linux_calls.h
$(EMUL_TABLE): tools/linuxabi.py personalities/linux/syscalls.toml
	$(call say,ABI,$@)
	$(Q)python3 tools/linuxabi.py table $(ARCH) --out $@
	$(Q)touch $@
$(B)/emul/arch:
	$(Q)mkdir -p $(@D)
	$(Q)ln -sfnr $(EMUL)/arch/$(ARCH) $@

$(patsubst %,$(O)/%.o,$(call program_sources,$(here))): | $(B)/emul/arch
$(O)/$(here)/dispatch.c.o: $(EMUL_TABLE)
