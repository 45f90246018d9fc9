# SPDX-License-Identifier: GPL-3.0-or-later
#
# The verifier for other machines, each in a build of its own below build/:
#   firmware/m4, firmware/m33         the core and a boot loader (BARE=1), for
#   firmware/m4-nocrl, m33-nocrl      two boards that qemu has; and without CRLs
#   firmware/m33-all                  the vectors with every part of the verifier
#   apart/m4                          the vectors and proofs with the switches of
#                                     firmware/m4, for this machine in 32 bits
#   switches/tiny, switches/m4        what tests/mutants needs of these two: their
#                                     switches, and the fast wolfCrypt
#   aarch64                           devverify-lab and the vectors, static

FW := docs/examples/firmware
FW_CPU_m4 := cortex-m4
FW_CPU_m33 := cortex-m33
FW_BOARD_m4 := mps2-an386
FW_BOARD_m33 := mps2-an505
FIRMWARE := m4 m33 m4-nocrl m33-nocrl
FW_TESTS := m4 m33-all

# other DIR: make again, for another machine
other = $(MAKE) BUILD=$(B)/$(1) VERIFY_ONLY=1 STATIC= SAN=
fw_of = $(firstword $(subst -, ,$(1)))
# or_told VARIABLE,VALUE: what `make VARIABLE=...` says, or else this
or_told = $(if $(filter command,$(origin $(1))),$($(1)),$(2))
told = $(1)='$(call or_told,$(1),$(2))'
# What a loader is built with: docs/EMBEDDING.md says what it then refuses.
fw_parts = $(if $(filter %-all,$(1)),PARTS='$(ALL_PARTS)' MAX_PATH=,\
	PARTS='$(filter-out $(if $(filter %-nocrl,$(1)),CRL),$(call or_told,PARTS,CRL))' \
	$(call told,MAX_PATH,3)) $(call told,LTO,1)

APART := tests/run_vectors tests/proof_heap tests/proof_fault

.PHONY: $(FIRMWARE:%=firmware-%) firmware-m33-all apart-m4 switches aarch64
$(FIRMWARE:%=firmware-%) firmware-m33-all: firmware-%: | packages $(DEPS)/.unpacked
	@+$(call other,firmware/$*) BARE=1 CC=arm-none-eabi-gcc \
	    AR=arm-none-eabi-gcc-ar BOARD=$(FW_BOARD_$(call fw_of,$*)) \
	    CFLAGS='-mcpu=$(FW_CPU_$(call fw_of,$*)) -mthumb -Os' \
	    $(call fw_parts,$*) \
	    $(if $(filter $*,$(FIRMWARE)),$(B)/firmware/$*/loader.elf) \
	    $(if $(filter $*,$(FW_TESTS)),$(B)/firmware/$*/vectors.elf)

apart-m4: | packages $(DEPS)/.unpacked
	@+$(call other,apart/m4) BARE=1 CC=i686-linux-gnu-gcc \
	    AR=i686-linux-gnu-ar CFLAGS=-O2 $(call fw_parts,m4) LTO= \
	    LDFLAGS_ALL='-static -Wl,--gc-sections' $(APART:%=$(B)/apart/m4/%)

SWITCHES = $(B)/switches/$(1)/flags $(B)/switches/$(1)/libwolf-verify.a
switches: | packages $(DEPS)/.unpacked
	@+$(call other,switches/tiny) ALGS= PARTS='$(TINY_PARTS)' \
	    $(call SWITCHES,tiny)
	@+$(call other,switches/m4) ALGS= $(call fw_parts,m4) LTO= \
	    $(call SWITCHES,m4)

aarch64: | packages $(DEPS)/.unpacked
	@+$(call other,aarch64) CC=aarch64-linux-gnu-gcc AR=aarch64-linux-gnu-ar \
	    CFLAGS=-O2 LDFLAGS=-static $(B)/aarch64/devverify-lab \
	    $(B)/aarch64/tests/run_vectors $(B)/aarch64/tests/hashes

# ---- inside such a build ----------------------------------------------------

# Judging CRLs takes more than what sections.ld sets aside.
FW_STACK = $(if $(filter CRL,$(PARTS)),-Wl$(comma)--defsym=_stack_size=5376)
FW_LD = $(if $(LTO),-flto -flto-partition=one) -nostartfiles -Wl,--gc-sections \
	-L$(FW) -T $(BOARD).ld
FW_LOADER_OBJS := $(call obj,core,$(LOADER_SRC)) $(B)/obj/anchors.o
FW_VECTORS_OBJS := $(call obj,core,$(FW)/start.c) $(FW_VECTORS_SRC:%.c=$(B)/obj/%.o)

# The core alone in a boot loader, without its start: by `make size`.
$(B)/boot.elf: $(B)/obj/core/tests/bench/boot.o $(call obj,core,$(FW)/memory.c) $(VERIFY_LIBS)
	$(call show,LD,$@)$(CC) $(CFLAGS) -nostartfiles --specs=nano.specs \
	    $(if $(LTO),-flto -flto-partition=one) \
	    -Wl,--gc-sections,-e,boot_verify,-u,boot_verify -o $@ $(filter %.o %.a,$^)

# What whoever includes the headers has to be compiled with, for gcc's @FILE.
$(B)/libdv.flags: $(B)/flags
	@printf '%s\n' $(FEATURES) >$@
$(B)/loader.elf: $(FW_LOADER_OBJS) $(VERIFY_LIBS) $(wildcard $(FW)/*.ld) | $(B)/libdv.flags
	$(call show,LD,$@)$(CC) $(CFLAGS) $(FW_LD) $(FW_STACK) --specs=nano.specs -o $@ \
	    $(FW_LOADER_OBJS) $(VERIFY_LIBS)
# The C library, which has no such objects, asks for what is in it.
$(B)/obj/tests/firmware/newlib.o: INC = -fno-lto
$(B)/vectors.elf: $(FW_VECTORS_OBJS) $(VERIFY_LIBS) $(wildcard $(FW)/*.ld)
	$(call show,LD,$@)$(CC) $(CFLAGS) $(FW_LD) \
	    -Wl,--defsym=_stack_size=0x10000 -o $@ $(FW_VECTORS_OBJS) $(VERIFY_LIBS)
$(B)/tests/hashes: $(HASHES_SRC:%.c=$(B)/obj/%.o) $(VERIFY_LIBS)
	@mkdir -p $(@D)
	$(call link)
