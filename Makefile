# Builds the kernel and every user program of one ISA and one variant:
#
#     make ARCH=x86_64|riscv64 VARIANT=debug|release [V=1]   ->   build/<arch>/<variant>/
#
# Sources are found by name: a new file in a directory below is built without an edit here.
#   kernel/*.c, kernel/boot/*.c, kernel/arch/<arch>/*.{c,S}, and of kernel/firmware/ what the port's arch.mk names
#                                                                -> kernel.elf
#   lib/*/*.c, lib/*/arch/<arch>/*.{c,S}                         -> libisthmus.a
#   servers/X/, drivers/X/Y/, tests/system/X/, personalities/linux/X/
#                                                                -> the same path with .elf
# What one ISA needs beyond this is in kernel/arch/<arch>/arch.mk; what one program needs, in its local.mk.

ARCH    ?= x86_64
VARIANT ?= debug
V       ?= 0
PYTHON  ?= python3

B := build/$(ARCH)/$(VARIANT)
O := $(B)/obj

CROSS_x86_64  := x86_64-linux-gnu-
CROSS_riscv64 := riscv64-linux-gnu-
ifeq ($(CROSS_$(ARCH)),)
$(error ARCH is '$(ARCH)', expected x86_64 or riscv64)
endif
CC := $(CROSS_$(ARCH))gcc
AR := $(CROSS_$(ARCH))ar

DEBUG_debug   := 1
DEBUG_release := 0
ifeq ($(DEBUG_$(VARIANT)),)
$(error VARIANT is '$(VARIANT)', expected debug or release)
endif

# ---- flags -------------------------------------------------------------------------------------------------------
# -Wno-unused-parameter: handlers that stand in one table share one signature, and few of them need all of it.
# -Wvla and -Wstrict-prototypes turn two rules of the kernel's C into errors.
CFLAGS := -std=gnu11 -O2 -g -ffreestanding -fno-pic -fno-jump-tables -fno-tree-loop-distribute-patterns \
          -fno-stack-protector -fno-asynchronous-unwind-tables \
          -Wall -Wextra -Werror -Wno-unused-parameter -Wvla -Wstrict-prototypes \
          -DCONFIG_DEBUG=$(DEBUG_$(VARIANT)) -I. -I$(B)/gen
LDFLAGS := -nostdlib -static -no-pie -Wl,--build-id=none -Wl,-z,noexecstack -Wl,-z,max-page-size=4096 \
           -Wl,--fatal-warnings

KERNEL_CFLAGS_x86_64  := -mcmodel=kernel -mno-red-zone -mgeneral-regs-only
KERNEL_CFLAGS_riscv64 := -march=rv64imac_zicsr_zifencei -mabi=lp64 -mcmodel=medany
USER_CFLAGS_x86_64    := -mgeneral-regs-only
USER_CFLAGS_riscv64   := -march=rv64imac -mabi=lp64

KERNEL_CFLAGS  := $(KERNEL_CFLAGS_$(ARCH)) -I$(B)/ports/kernel
KERNEL_LDFLAGS :=
USER_CFLAGS    := $(USER_CFLAGS_$(ARCH)) -I$(B)/ports/lib -ffunction-sections -fdata-sections
USER_LDFLAGS   := -Wl,--gc-sections -Wl,-u,_start
FASTPATH_CFLAGS :=
FIRMWARE       :=

-include kernel/arch/$(ARCH)/arch.mk

# ---- what is there ------------------------------------------------------------------------------------------------
KERNEL_DIRS := $(wildcard kernel kernel/boot kernel/firmware kernel/arch/$(ARCH))
KERNEL_SRC  := $(wildcard kernel/*.c kernel/boot/*.c kernel/arch/$(ARCH)/*.c kernel/arch/$(ARCH)/*.S) \
               $(FIRMWARE:%=kernel/firmware/%.c)
KERNEL_OBJ  := $(KERNEL_SRC:%=$(O)/%.o)

LIB_SRC := $(wildcard lib/*/*.c lib/*/arch/$(ARCH)/*.c lib/*/arch/$(ARCH)/*.S)
LIB_OBJ := $(LIB_SRC:%=$(O)/%.o)

# $(call program_sources,DIR): what one program is made of
program_sources = $(wildcard $(1)/*.c $(1)/*.S $(1)/arch/$(ARCH)/*.c $(1)/arch/$(ARCH)/*.S)
PROGRAM_DIRS := $(patsubst %/,%,$(sort $(wildcard servers/*/ drivers/*/*/ tests/system/*/ bench/*/ personalities/linux/*/)))
PROGRAMS     := $(foreach d,$(PROGRAM_DIRS),$(if $(call program_sources,$d),$d))

MANIFEST_SRC := $(and $(wildcard tools/manifest.py),$(wildcard servers/root/manifest.toml))

# ---- goals --------------------------------------------------------------------------------------------------------
.PHONY: all system linux bench clean
.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules

# `system` is what system tests need, so that they run while something above the kernel does not build.
KERNEL := $(if $(KERNEL_SRC),$(B)/kernel.elf)
all: $(KERNEL) $(PROGRAMS:%=$(B)/%.elf) $(if $(MANIFEST_SRC),$(B)/manifest)
system: $(KERNEL) $(patsubst %,$(B)/%.elf,$(filter tests/system/%,$(PROGRAMS)))
bench: $(KERNEL) $(patsubst %,$(B)/%.elf,$(filter bench/%,$(PROGRAMS)))
# `linux` is what running Linux programs needs: on x86_64 the busybox is that of Debian's package, which the tool installs.
BUSYBOX_riscv64 := build/riscv64/busybox
linux: $(KERNEL) $(patsubst %,$(B)/%.elf,$(filter-out tests/% bench/%,$(PROGRAMS))) $(if $(MANIFEST_SRC),$(B)/manifest) $(BUSYBOX_$(ARCH))
clean:
	rm -rf build

# One short line a step; V=1 shows the command instead.
Q := $(if $(filter 0,$(V)),@)
say = $(if $(filter 0,$(V)),@printf '  %-7s %s\n' $(1) $(2))

# ---- generated ----------------------------------------------------------------------------------------------------
# A generator leaves a header alone whose text is the same: the stamp tells when it ran, the header when it changed.
PROTO := $(sort $(wildcard lib/proto/*.capnp))
GEN   := $(B)/gen/isthmus/abi.h $(B)/gen/isthmus/stubs.h $(PROTO:lib/proto/%.capnp=$(B)/gen/isthmus/proto/%.h)
gen: $(GEN) ports
$(GEN): $(B)/gen/stamp
	@:
$(B)/gen/stamp: $(wildcard tools/abi*.py tools/capnp*.py tools/protogen.py) abi/isthmus.toml $(PROTO)
	$(call say,GEN,$(B)/gen)
	$(Q)mkdir -p $(@D)
	$(Q)$(PYTHON) tools/abigen.py --out $(B)/gen abi/isthmus.toml
	$(if $(PROTO),$(Q)$(PYTHON) tools/protogen.py --out $(B)/gen $(PROTO))
	$(Q)touch $@

# The ISA is chosen by the include path, so that no header asks which one it is compiled for:
#     in the kernel           <arch/X.h>      is kernel/arch/<arch>/X.h
#     in a library or above   <arch/L/X.h>    is lib/L/arch/<arch>/X.h
#     in a program            <arch/X.h>      is its own arch/<arch>/X.h
PORTS     := $(B)/ports
LIB_PORTS := $(foreach d,$(wildcard lib/*/arch/$(ARCH)),$(PORTS)/lib/arch/$(word 2,$(subst /, ,$d)))
OWN_PORTS := $(foreach d,$(patsubst %/arch/$(ARCH),%,$(wildcard $(PROGRAMS:%=%/arch/$(ARCH)))),$(PORTS)/$d/arch)
.PHONY: gen ports
ports: $(PORTS)/kernel/arch $(LIB_PORTS) $(OWN_PORTS)
$(PORTS)/lib/arch/%:
	$(Q)mkdir -p $(@D)
	$(Q)ln -sfnr lib/$*/arch/$(ARCH) $@
$(PORTS)/%/arch:
	$(Q)mkdir -p $(@D)
	$(Q)ln -sfnr $*/arch/$(ARCH) $@

$(B)/manifest: $(MANIFEST_SRC) tools/manifest.py
	$(call say,MANIF,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(PYTHON) tools/manifest.py --out $@ $<

# ---- objects ------------------------------------------------------------------------------------------------------
# A changed flag rebuilds what it was given to.
MAKE_PARTS := Makefile $(wildcard kernel/arch/$(ARCH)/arch.mk)

$(KERNEL_OBJ): FLAGS = $(CFLAGS) $(KERNEL_CFLAGS)
$(LIB_OBJ):    FLAGS = $(CFLAGS) $(USER_CFLAGS)
$(O)/kernel/fastpath.c.o: FLAGS += $(FASTPATH_CFLAGS)

define compile
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(FLAGS) -MMD -MP -c $< -o $@
endef

$(O)/%.c.o: %.c $(MAKE_PARTS) | $(GEN) ports
	$(compile)
$(O)/%.S.o: %.S $(MAKE_PARTS) | $(GEN) ports
	$(compile)

# ---- the kernel ---------------------------------------------------------------------------------------------------
# The directories are prerequisites so that a removed source relinks.
KERNEL_LDS := kernel/arch/$(ARCH)/kernel.ld
$(B)/kernel.elf: $(KERNEL_OBJ) $(KERNEL_LDS) $(KERNEL_DIRS)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(KERNEL_CFLAGS) $(LDFLAGS) $(KERNEL_LDFLAGS) -Wl,-T,$(KERNEL_LDS) -Wl,-Map,$(B)/kernel.map \
	    $(KERNEL_OBJ) -o $@

# ---- the user's library and programs ------------------------------------------------------------------------------
LIB := $(B)/libisthmus.a
$(LIB): $(LIB_OBJ) $(wildcard lib lib/* lib/*/arch/$(ARCH))
	$(call say,AR,$@)
	$(Q)mkdir -p $(@D)
	$(Q)rm -f $@
	$(Q)$(AR) rcD $@ $(LIB_OBJ)

# A local.mk sees $(here), its directory, and may set
#     $(here)_CFLAGS  $(here)_LDFLAGS     more flags, after the common ones
#     $(here)_LDSCRIPT                    a linker script other than lib/user.ld
#     $(here)_LIBS                        what to link instead of libisthmus.a (may be empty)
define program
here := $(1)
-include $(1)/local.mk
$(1)_OBJ := $$(patsubst %,$(O)/%.o,$(call program_sources,$(1)))
$(1)_LDSCRIPT ?= lib/user.ld
$(1)_LIBS ?= $(LIB)
$$($(1)_OBJ): FLAGS = $$(CFLAGS) -I$(PORTS)/$(1) $$(USER_CFLAGS) $$($(1)_CFLAGS)
$$($(1)_OBJ): $(wildcard $(1)/local.mk)
$(B)/$(1).elf: $$($(1)_OBJ) $$($(1)_LIBS) $$($(1)_LDSCRIPT) $(wildcard $(1) $(1)/arch/$(ARCH))
	$$(call say,LINK,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CC) $$(CFLAGS) $$(USER_CFLAGS) $$(LDFLAGS) $$(USER_LDFLAGS) $$($(1)_LDFLAGS) \
	    -Wl,-T,$$($(1)_LDSCRIPT) $$($(1)_OBJ) $$($(1)_LIBS) -o $$@
endef
$(foreach d,$(PROGRAMS),$(eval $(call program,$d)))

# ---- from Debian's source packages --------------------------------------------------------------------------------
build/%/busybox: tools/busybox.py tools/debsource.py
	$(call say,DEBIAN,$@)
	$(Q)$(PYTHON) tools/busybox.py --cross $(CROSS_$*) --out $@

ALL_OBJ := $(KERNEL_OBJ) $(LIB_OBJ) $(foreach d,$(PROGRAMS),$($d_OBJ))
-include $(ALL_OBJ:.o=.d)
