# SPDX-License-Identifier: GPL-3.0-or-later
#
# devtrust: an offline device-trust toolkit.  `make help` lists what can be made.
# Layers: verify/ <- sign/ <- pki-tools/.  Every source is listed once, in
# .mk/sources.mk; the two pinned libraries are built by .mk/third-party.mk.

## variables:
## ANCHORS=FILE.c         roots compiled into devverify (`pki-init anchors` writes it)
## VERIFY_ONLY=1          devverify alone: no tpm2-tss, no SQLite
## ALGS="P384 RSA"       families of algorithms beside P-256, of P384 ED25519 RSA MLDSA LMS
## PARTS="CRL JSON"      parts that are built in, of CRL POLICIES CONSTRAINTS COUNTERSIGNATURES
##                       SIGNERS PATH TRACE WORDS VALUES SEVERAL MODULES MANIFESTS RECEIPTS DEMANDS VOUCHERS
##                       LISTS JSON CHAIN SHOW SELFCHECK
## MAX_PATH=4             certificates of a path, instead of 8
## SAN=address,undefined  sanitizers; builds beside, in build/san-address-undefined
## V=1                    show the commands
## BUILD=build            where everything goes
## PREFIX=/usr/local      where `make install` puts it (DESTDIR= is put before)
## CC= AR= OBJCOPY=       compilers, also for another machine

BUILD := build
PREFIX := /usr/local
ANCHORS :=
CC := gcc
HOSTCC := gcc
AR := $(if $(STATIC),gcc-ar,ar)
OBJCOPY := objcopy
PKG_CONFIG := pkg-config
CFLAGS := $(if $(STATIC),-Oz,-O2 -g)

comma := ,
B := $(BUILD)$(if $(SAN),/san-$(subst $(comma),-,$(SAN)))
MACHINE := $(shell $(CC) -dumpmachine 2>/dev/null)
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
# Objects on the way stay: a second make has nothing to do, and removes nothing.
.SECONDARY:
MAKEFLAGS += --no-builtin-rules --no-print-directory

ifneq ($(ANCHORS),$(wildcard $(ANCHORS)))
$(error ANCHORS=$(ANCHORS): no such file; it is a C file written by 'pki-init anchors')
endif

# ---- packages, by what the goals need ---------------------------------------

PKGS_verify := gcc libc6-dev make ca-certificates
PKGS_static := musl-tools
PKGS_devverify-small := $(PKGS_static)
PKGS_devverify-tiny := $(PKGS_static)
PKGS_reduced := $(PKGS_static) gcc-i686-linux-gnu libc6-dev-i386-cross
PKGS_build := $(PKGS_verify) $(PKGS_static) pkg-config libtss2-dev libsqlite3-dev \
	libinih-dev libgmp-dev libp11-kit-dev xz-utils
PKGS_demo := swtpm libtss2-tcti-swtpm0 openssl
PKGS_firmware := gcc-arm-none-eabi libnewlib-arm-none-eabi qemu-system-arm
PKGS_aarch64 := gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user
PKGS_test := $(PKGS_demo) $(PKGS_firmware) $(PKGS_aarch64) $(PKGS_reduced) libcmocka-dev \
	libjansson-dev libssl-dev bats gnutls-bin python3 python3-cbor2 \
	python3-cryptography python3-cryptography-vectors python3-jsonschema jq xxd \
	uuid-runtime tpm2-tools tpm2-openssl libtss2-tcti-pcap0 softhsm2 opensc \
	libwolfssl-dev libcbor-dev nodejs npm strace valgrind wabt g++ faketime
PKGS_examples := libwolfssl-dev
PKGS_limbo-harness := libjansson-dev
PKGS_lint := clang clang-format clang-tidy cppcheck shellcheck mandoc \
	universal-ctags
PKGS_size := $(PKGS_static) $(PKGS_firmware) python3
PKGS_bench := $(PKGS_demo) libssl-dev tpm2-tools tpm2-openssl \
	python3-cryptography time minisign rauc squashfs-tools gpg gpgv \
	gpg-agent gpgconf valgrind
PKGS_soak := $(PKGS_bench) bats
PKGS_fuzz := clang
PKGS_sbom := python3
PKGS_dist := git xz-utils python3
PKGS_reproducible := $(PKGS_dist) faketime
PKGS_deps := $(PKGS_test)
PKGS_mutants := $(PKGS_test)
PKGS_coverage := $(PKGS_test)
PKGS_differential := $(PKGS_test)
PKGS_powercut := $(PKGS_test)

GOALS := $(or $(MAKECMDGOALS),all)
PACKAGES := $(sort $(PKGS_$(if $(VERIFY_ONLY),verify,build)) \
	$(foreach g,$(GOALS),$(PKGS_$(g))))

# ---- flags ------------------------------------------------------------------

CSTD := -std=c11
WARN := -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Wcast-qual \
	-Wstrict-prototypes -Wmissing-prototypes -Wvla -Wswitch-enum -Wformat=2 \
	-Wundef -Werror
# What -Oz still does for speed: each of these makes the static programs smaller.
SMALLER := -fno-inline-functions-called-once -fno-jump-tables \
	-fno-tree-dominator-opts -fno-move-loop-invariants -fno-caller-saves \
	-fno-thread-jumps -fno-ipa-modref -fipa-pta -fno-tree-sink \
	-fno-tree-loop-im -fno-if-conversion -fno-shrink-wrap \
	-fno-optimize-sibling-calls \
	--param=uninlined-function-insns=0 \
	$(if $(findstring x86_64,$(MACHINE)),-malign-data=abi -mtune=core2)
# The same of -Os on a microcontroller.
SMALLER_BARE := -fno-schedule-insns2 -fno-move-loop-invariants -fno-tree-tail-merge \
	-fira-algorithm=priority
# Where every byte counts: a guard where there is a buffer of characters, no
# tables to unwind the stack (nothing does), and the whole program at once; on a
# microcontroller with LTO=1, which needs AR=...-gcc-ar.
SMALL := -fno-asynchronous-unwind-tables $(if $(STATIC)$(LTO),-flto) \
	$(if $(STATIC),$(SMALLER)) $(if $(BARE),$(SMALLER_BARE))
HARDEN := $(if $(BARE),,$(if $(STATIC),-fstack-protector,-fstack-protector-strong) \
	-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 $(if $(STATIC),,-fPIE))
SECTIONS := -ffunction-sections -fdata-sections $(if $(STATIC)$(BARE),$(SMALL))
REPRODUCIBLE := -ffile-prefix-map=$(CURDIR)=.
SANITIZE := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all \
	-fno-omit-frame-pointer -Wno-maybe-uninitialized)
# What static programs have in place of libc's: their own printf(3); and those that
# are without lists of files, and so for small places, their own of these too: system
# calls, <string.h>, malloc(3) and, but in the tiny one, which has none, <stdio.h>.
# The linker is to take them first: the compiler knows some of them itself. And it
# leaves out those that only the compiler might have called.
FOR_SMALL_PLACES = $(if $(STATIC),$(if $(filter MANIFESTS,$(PARTS)),,yes))
OWN_SRC = $(if $(FOR_SMALL_PLACES),verify/host/calls.c verify/host/pages.c \
	verify/host/strings.c $(if $(TINY),,verify/host/stdio.c))
OWN_NAMES = $(if $(OWN_SRC),memchr strchr strcmp strerror strlen \
	$(if $(TINY),,malloc strcspn),dv_vfprintf)
OWN_LIBC = $(addprefix -Wl$(comma)-u$(comma),$(OWN_NAMES)) \
	$(if $(OWN_SRC),$(if $(TINY),,-ffunction-sections -fdata-sections),\
	-Wl$(comma)--defsym=vfprintf=dv_vfprintf)
LDFLAGS_ALL = -Wl,-z,relro -Wl,-z,now -Wl,--gc-sections -Wl,--as-needed \
	-Wl,--build-id=none $(if $(STATIC),-static -s -flto-partition=one $(OWN_LIBC),-pie) $(SANITIZE) $(LDFLAGS)
# Families of algorithms beside P-256 (verify/built.h); a microcontroller needs
# none of them.
FAMILIES := P384 ED25519 RSA MLDSA LMS
ALGS := $(if $(BARE)$(TINY),,$(FAMILIES))
# Parts of the verifier that a boot image may do without: the same file says what
# is refused then.
ALL_PARTS := CRL POLICIES CONSTRAINTS COUNTERSIGNATURES SIGNERS PATH TRACE WORDS VALUES SEVERAL MODULES \
	MANIFESTS RECEIPTS DEMANDS VOUCHERS LISTS JSON CHAIN SHOW SELFCHECK
TINY_PARTS := DEMANDS
# What a device asks: devverify-small.
DEVICE_PARTS := CRL POLICIES CONSTRAINTS COUNTERSIGNATURES PATH WORDS VALUES JSON CHAIN
PARTS := $(if $(TINY),$(TINY_PARTS),$(ALL_PARTS))
FEATURES := $(if $(MAX_PATH),-DDV_MAX_PATH=$(MAX_PATH)) $(foreach f,$(filter-out $(ALGS) $(PARTS),$(FAMILIES) $(ALL_PARTS)),-DDV_NO_$(f))
WOLF_DEFS := $(FEATURES) $(if $(STATIC)$(BARE),-DDV_WOLF_SMALL) \
	$(if $(BARE),-DDV_WOLF_BARE)

COMMON := $(CSTD) $(WARN) $(HARDEN) $(SECTIONS) $(SANITIZE) $(REPRODUCIBLE) \
	$(FEATURES) -Iinclude -Iverify
CORE_FLAGS := $(COMMON) $(if $(SAN),,-Wframe-larger-than=4096)
# Where texts are put together every buffer has a guard: with -flto, gcc does not
# know an array of char for one, and guards those of uint8_t alone.
HOST_FLAGS := $(COMMON) $(if $(STATIC),-fstack-protector-strong) -D_GNU_SOURCE= $(if $(STATIC),-DDV_ONE_THREAD)
SIGN_FLAGS := $(HOST_FLAGS) -Isign
PKI_FLAGS := $(SIGN_FLAGS) -Ipki-tools

SILENT = $(findstring s,$(filter-out --% %=%,$(firstword $(MAKEFLAGS))))
ifneq ($(V),1)
show = @$(if $(SILENT),,printf '  %-6s %s\n' '$(1)' '$(2)';)
endif
DEPFLAGS = -MMD -MP
define compile
@mkdir -p $(@D)
$(call show,CC,$<)$(CC) $(CPPFLAGS) $(1) $(CFLAGS) $(DEPFLAGS) -c -o $@ $<
endef

include .mk/third-party.mk

# The source lists, one file a line: add a new file there.
include .mk/sources.mk

PROGRAMS := devverify devverify-lab $(if $(VERIFY_ONLY),,devsign pki-init pki-issue \
	pki-audit pki-revoke)
obj = $(2:%.c=$(B)/obj/$(1)/%.o)

# ---- what can be made -------------------------------------------------------

all: $(PROGRAMS:%=$(B)/%) $(B)/lib/libdv.a $(B)/lib/libdv.pc.in ## the programs, and libdv, into build/ (the default)

devverify devverify-lab devsign pki-init pki-issue pki-audit pki-revoke: %: $(B)/%
## devverify              one program: also devverify-lab devsign pki-init pki-issue pki-audit pki-revoke

PROGRAMS_STATIC := devverify devverify-lab
SMALL_MAKE = $(MAKE) STATIC=1 VERIFY_ONLY=1 SAN= CC=musl-gcc

static: | packages $(DEPS)/.unpacked ## static, small devverify and devverify-lab, into build/static/
	+@$(SMALL_MAKE) BUILD=$(B)/static $(PROGRAMS_STATIC:%=$(B)/static/%)

devverify-tiny: | packages $(DEPS)/.unpacked ## P-256 and `file` alone, into build/tiny/
	+@$(SMALL_MAKE) $(B)/tiny/devverify BUILD=$(B)/tiny TINY=1

devverify-small: | packages $(DEPS)/.unpacked ## P-256, P-384 and Ed25519, and what a device asks, into build/small/
	+@$(DEVICE_MAKE) $(B)/small/devverify
DEVICE_MAKE = $(SMALL_MAKE) BUILD=$(B)/small ALGS='P384 ED25519' PARTS='$(DEVICE_PARTS)'

# What the size costs: the static and the reduced builds answer every vector. What
# breaks or wraps their code needs them taken apart, without link-time optimisation:
# the tiny build, and the loader's (.mk/machines.mk). Unit tests need all algorithms
# and a whole libc: these are apart too, with the cryptography of the static build and
# with that of the small one.
reduced: apart-m4 switches | static packages $(DEPS)/.unpacked ## the tests of the static, P-384, small and tiny builds
	+@$(SMALL_MAKE) BUILD=$(B)/apart/tiny TINY=1 CC=$(CC) AR=$(AR) SMALL= \
	    LDFLAGS_ALL='-Wl,--gc-sections $(LDFLAGS)' $(APART:%=$(B)/apart/tiny/%)
	+@$(SMALL_MAKE) BUILD=$(B)/static $(B)/static/tests/run_vectors
	+@$(SMALL_MAKE) BUILD=$(B)/p384 ALGS='P384 ED25519' $(B)/p384/devverify \
	    $(B)/p384/tests/run_vectors
	+@$(SMALL_MAKE) BUILD=$(B)/tiny TINY=1 $(B)/tiny/devverify \
	    $(B)/tiny/devverify-lab $(B)/tiny/tests/run_vectors
	+@$(DEVICE_MAKE) $(B)/small/devverify $(B)/small/devverify-lab $(B)/small/tests/prints
	+@$(SMALL_MAKE) BUILD=$(B)/apart/static CC=$(CC) LDFLAGS_ALL='$(APART_LINK)' \
	    $(B)/apart/static/tests/test_dv_crypto $(B)/apart/static/tests/test_dv_wycheproof
	+@$(SMALL_MAKE) BUILD=$(B)/apart/small CC=$(CC) LDFLAGS_ALL='$(APART_LINK)' \
	    CURVES_IN_C=yes PARTS='$(DEVICE_PARTS)' OWN_SRC= $(B)/apart/small/tests/run_vectors \
	    $(B)/apart/small/tests/test_dv_crypto $(B)/apart/small/tests/test_dv_wycheproof \
	    $(B)/apart/small/tests/test_dv_verdict
APART_LINK = -Wl,--gc-sections -flto-partition=one $(LDFLAGS)

demo: all ## the whole road once: CA, TPM, signature, verdict (three minutes)
	@BUILD=$(B) tests/demo.sh

test: all static reduced tests foreign $(if $(SAN),,firmware aarch64 $(B)/tests/hashes) ## every test; ends with `N passed, N failed, N skipped`
	@BUILD=$(B) SAN='$(SAN)' tests/run.sh

tests: $(patsubst tests/unit/%.c,$(B)/tests/%,$(UNIT_VERIFY_SRC) \
	$(if $(VERIFY_ONLY),,$(UNIT_FULL_SRC))) $(B)/tests/run_vectors \
	$(PROOF_SRC:tests/proof/%.c=$(B)/tests/proof_%) $(B)/limbo-harness \
	$(B)/cose-harness $(B)/tests/prints \
	$(if $(VERIFY_ONLY),,$(B)/tests/p11_shim.so $(B)/tests/fault_at \
	$(B)/tests/clock_shim.so \
	$(B)/tests/libtss2-tcti-inject.so examples)

firmware: firmware-m4 firmware-m33 firmware-m4-nocrl firmware-m33-nocrl firmware-m33-all ## libdv.a and a boot loader for Cortex-M4 and M33, into build/firmware/

limbo-harness: $(B)/limbo-harness ## runs x509-limbo documents against the core (docs/TESTING.md)

examples: $(B)/examples/tls_client $(B)/examples/verify_file ## programs that show the use of a device key and of libdv, into build/examples/

lint: all tests ## every static check: compilers, analysers, layers, style, caps
	@BUILD=$(B) CC='$(CC)' MAKE='$(MAKE)' tests/lint/run.sh

size: static devverify-small devverify-tiny firmware ## bytes of the static programs, and of the core and a loader on Cortex-M, beside their goals
	@BUILD=$(B) MAKE='$(MAKE)' DEVICE_PARTS='$(DEVICE_PARTS)' tests/bench/size.sh

docs: ## docs/VERDICTS.md, LIMITS.md, LINT.md and what else is made of tables
	@tests/lint/docs.sh write
	@tests/lib/example.py --write
	@vectors/make/selfcheck.py

bench: all static ## every figure of docs/PERFORMANCE.md beside its peer, into build/bench.json (ROWS= of the ledger)
	@rm -f $(B)/bench.rows
	@BUILD=$(B) HOSTCC=$(HOSTCC) MAKE='$(MAKE)' tests/bench/cold.sh
	@$(MAKE) -s $(B)/tests/bench_chain && BUILD=$(B) HOSTCC=$(HOSTCC) tests/bench/warm.sh
	@BUILD=$(B) HOSTCC=$(HOSTCC) tests/bench/bulk.sh
	@$(MAKE) -s $(B)/tests/bench_sign && BUILD=$(B) HOSTCC=$(HOSTCC) tests/bench/sign.sh
	@BUILD=$(B) tests/bench/issue.sh
	@$(MAKE) -s $(B)/tests/bench_ledger && $(B)/tests/bench_ledger $(or $(ROWS),10000000)
	@$(MAKE) -s $(B)/tests/bench_factor && $(B)/tests/bench_factor
	@tests/bench/rows.py table $(B)/bench.rows $(B)/bench.json

soak: all $(B)/tests/fault_at $(B)/tests/clock_shim.so ## a batch of SOAK=100000 devices in steady memory; kills at every system call
	@BUILD=$(B) tests/bench/issue.sh soak
	@BUILD=$(B) FAULT_STEP=1 bats tests/cli/faults.bats tests/cli/revoke.bats

fuzz: $(FUZZ_SRC:tests/fuzz/%.c=$(B)/fuzz/%) ## each fuzz target for FUZZ_SECONDS=60
	@FUZZ_SECONDS='$(FUZZ_SECONDS)' tests/fuzz/run.sh $^

mutants: tests reduced ## every rule, check and limit of the core broken, one at a time (MUTANTS=N: a sample)
	@BUILD=$(B) tests/mutants/mutants.py --all $(if $(MUTANTS),--sample $(MUTANTS))
	@tests/mutants/mutants.py --build $(B)/switches/tiny
	@tests/mutants/mutants.py --build $(B)/apart/m4

coverage: tests ## docs/COVERAGE.md: lines of the core that tests execute; 95% or failure
	@BUILD=$(B) tests/coverage.py write

powercut: all ## CUTS=1000 power cuts of devsign and its TPM, at random (SEED=N)
	@BUILD=$(B) tests/tpm/powercut.py $(or $(CUTS),1000) $(SEED)

differential: tests ## CHAINS=100000 altered, judged beside OpenSSL, and read beside wolfSSL
	@$(B)/tests/proof_differential vectors tests/proof/differential.txt \
	    $(or $(CHAINS),100000) $(SEED)
	@$(B)/tests/proof_opinion vectors tests/proof/opinion.txt \
	    $(or $(CHAINS),100000) $(SEED)

install: ## copy what was built below PREFIX (builds nothing: no compiler as root)
	@.mk/install.sh install '$(B)' '$(DESTDIR)' '$(PREFIX)'

uninstall: ## take away what install put there
	@.mk/install.sh uninstall '$(B)' '$(DESTDIR)' '$(PREFIX)'

VERSION = $(shell sed -n 's/^\#define DV_VERSION "\(.*\)"/\1/p' include/dv_version.h)
sbom: all | $(filter static,$(GOALS)) ## build/devtrust.spdx.json: what it is made of, with hashes (SPDX 2.3)
	@.mk/sbom.py '$(B)' >'$(B)/devtrust.spdx.json.new'
	@mv '$(B)/devtrust.spdx.json.new' '$(B)/devtrust.spdx.json'

reproducible: all ## everything built twice, as two users in two places: the same bytes?
	@BUILD=$(B) tests/reproducible.sh build static sbom
	@BUILD=$(B) tests/reproducible.sh dist

dist: packages ## build/devtrust-VERSION.tar.xz, the same bytes from the same commit
	@.mk/dist.sh '$(B)/devtrust-$(VERSION).tar.xz' 'devtrust-$(VERSION)'

clean: ## remove everything that was built, also the unpacked libraries
	rm -rf $(BUILD)

deps: packages $(DEPS)/.unpacked foreign ## get what build and test need, and build nothing

help: ## this list
	@sed -n -e 's/^## \{0,1\}\(.*\)/  \1/p' \
	    -e 's/^\([a-z][a-z]*\):.* ## \(.*\)/  \1\t\2/p' Makefile | expand -t 25

# Another implementation of COSE, which one test needs.
foreign: | packages
	@.mk/npm.sh $(DEPS)/npm

packages:
	@.mk/deps.sh packages $(DEPS) $(PACKAGES)

.PHONY: all static devverify-small devverify-tiny reduced firmware demo test tests limbo-harness examples lint size docs bench soak \
	fuzz mutants coverage differential powercut install uninstall sbom dist \
	reproducible clean \
	deps foreign help packages devverify devverify-lab devsign pki-init pki-issue pki-audit \
	pki-revoke FORCE

# ---- objects ----------------------------------------------------------------

# Changed flags or anchors are changed inputs: a file each, written when new.
$(B)/flags: NOW = $(CC) $(MACHINE) $(CFLAGS) $(CPPFLAGS) $(HOST_FLAGS) $(WOLF_FLAGS) \
	$(LDFLAGS_ALL)
$(B)/anchors: NOW = $(ANCHORS)
$(B)/fuzz/flags: NOW = $(FUZZ_FLAGS) $(WOLF_FLAGS)
$(B)/flags $(B)/anchors $(B)/fuzz/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(NOW)' | cmp -s - $@ || printf '%s\n' '$(NOW)' >$@

NEEDS = $(B)/flags | $(DEPS)/.unpacked packages

$(B)/obj/core/%.o: %.c $(NEEDS)
	$(call compile,$(CORE_FLAGS) $(INC))
$(B)/obj/full/%.o: %.c $(NEEDS)
	$(call compile,$(CORE_FLAGS) $(INC) -DDV_WOLF_FULL)
$(B)/obj/host/verify/%.o: verify/%.c $(NEEDS)
	$(call compile,$(HOST_FLAGS))
$(B)/obj/lab/verify/%.o: verify/%.c $(NEEDS)
	$(call compile,$(HOST_FLAGS) -DDV_LAB)
$(B)/obj/host/sign/%.o: sign/%.c $(NEEDS)
	$(call compile,$(SIGN_FLAGS) $(INC))
$(B)/obj/host/pki-tools/%.o: pki-tools/%.c $(NEEDS)
	$(call compile,$(PKI_FLAGS))
# No recorded dependencies: the next build may have another, or no, ANCHORS file.
$(B)/obj/anchors.o: DEPFLAGS =
$(B)/obj/anchors.o: $(or $(ANCHORS),verify/host/anchors_none.c) $(B)/anchors \
		$(wildcard include/*.h vectors/test-anchors.sha256) $(NEEDS)
	$(if $(ANCHORS),@.mk/anchors.sh '$(ANCHORS)' '$(B)' '$(HOSTCC)')
	$(call compile,$(COMMON) $(if $(ANCHORS),-ffile-prefix-map=$(ANCHORS)=anchors.c))

# The only files that see a foreign header.
SETTINGS := verify/wolfssl/user_settings.h
WOLF_SEERS := $(filter verify/crypto_wolf%,$(CORE_SRC))
SIGN_SEERS := $(filter sign/crypto_wolf%,$(DS_SRC))
# wolfSSL's numbers are as long as RSA needs them, and live on the stack.
$(call obj,core,$(WOLF_SEERS)) $(call obj,full,$(WOLF_SEERS)): INC = $(WOLF_INC) \
	$(if $(SAN),,-Wframe-larger-than=16384)
$(B)/obj/host/verify/host/strings.o: HOST_FLAGS += -fno-builtin
# Takes any number of arguments, none of them floating point: no room is kept for it.
ifneq ($(STATIC),)
$(call obj,host,$(addprefix verify/host/,err.c stdio.c)): \
	HOST_FLAGS += -mgeneral-regs-only
endif
# Where every octet counts, the words of verdicts are packed.
ifneq ($(and $(FOR_SMALL_PLACES),$(filter WORDS,$(PARTS))),)
$(B)/words.def: .mk/words.c verify/built.h include/dv_reasons.def $(NEEDS)
	@mkdir -p $(@D)
	$(call show,WORDS,$@)$(HOSTCC) $(CSTD) $(WARN) $(FEATURES) -Iinclude -Iverify \
	    -o $(@D)/words $< && $(@D)/words >$@
$(B)/obj/core/verify/verdict.o: INC = -DDV_PACKED_WORDS -I$(B)
$(B)/obj/core/verify/verdict.o: $(B)/words.def
endif
# A loop of 64 octets takes most of the time of a large file.
ifneq ($(STATIC),)
$(B)/obj/core/verify/crypto_wolf_sha256.o: CFLAGS += -O2
endif
$(B)/obj/core/verify/crypto_wolf_mldsa.o $(B)/obj/full/verify/crypto_wolf_mldsa.o: \
	INC += $(WOLF_PLAIN)
$(call obj,host,$(SIGN_SEERS)): INC = $(WOLF_INC) -DDV_WOLF_FULL
$(B)/obj/host/sign/cbor_write.o $(B)/obj/tests/unit/test_dv_cbor_opinion.o: \
	INC = $(CBOR_INC)
P11_INC = $(patsubst -I%,-isystem %,$(shell $(PKG_CONFIG) --cflags p11-kit-1))
$(call obj,host,$(filter sign/p11_% sign/key_pkcs11%,$(DS_SRC))): INC = $(P11_INC)
$(call obj,core,$(WOLF_SEERS)) $(call obj,full,$(WOLF_SEERS)) \
	$(call obj,host,$(SIGN_SEERS)): $(SETTINGS)

# ---- libraries and programs -------------------------------------------------

CORE_OBJS := $(call obj,core,$(CORE_SRC))
$(B)/libdv.a: $(CORE_OBJS)
$(B)/full/libdv.a: $(filter-out $(call obj,core,$(WOLF_SEERS)),$(CORE_OBJS)) \
	$(call obj,full,$(WOLF_SEERS))
# The tiny program has a report of its own, without values.
$(B)/libdvhost.a: $(call obj,host,$(filter-out $(if $(TINY),verify/host/report%),$(DVHOST_SRC))) \
	$(call obj,host,$(OWN_SRC))
$(B)/libds.a: $(call obj,host,$(DS_SRC))
$(B)/libpki.a: $(call obj,host,$(PKI_SRC))

$(B)/%.a:
	@mkdir -p $(@D)
	$(call show,AR,$@)rm -f $@ && $(AR) rcsD $@ $(filter %.o,$^)

# libdv for others: the core and what it needs of wolfCrypt, linked to one object.
# Only the functions of the public headers are left to the linker, so that the
# program may have another wolfSSL beside it.
$(B)/lib/dv.o: $(CORE_OBJS) $(B)/libwolf-verify.a .mk/libdv.symbols
	@mkdir -p $(@D)
	$(call show,LD,$@)$(CC) -r -nostdlib '-Wl,--unique=.text*' -o $@ \
	    $(filter %.o %.a,$^) && \
	    $(OBJCOPY) --strip-debug --keep-global-symbols=.mk/libdv.symbols $@
$(B)/lib/libdv.a: $(B)/lib/dv.o
# PREFIX is known when it is installed.
# The switches too: by some of them the headers lay out their structures.
$(B)/lib/libdv.pc.in: .mk/libdv.pc.in include/dv_version.h $(B)/flags
	@mkdir -p $(@D)
	$(call show,PC,$@)sed -e 's/@VERSION@/$(VERSION)/' \
	    -e 's/@FEATURES@/$(addprefix \ ,$(FEATURES))/' $< >$@

# Left to right as the linker wants them; libpki before libds before the core.
VERIFY_LIBS := $(if $(BARE),,$(B)/libdvhost.a) $(B)/libdv.a \
	$(B)/libwolf-verify.a
SIGN_LIBS := $(B)/libds.a $(B)/libdvhost.a $(B)/full/libdv.a $(B)/libwolf-full.a \
	$(B)/libcbor.a
PKI_LIBS := $(B)/libpki.a $(SIGN_LIBS)
TSS_LIBS = -pthread $(shell $(PKG_CONFIG) --libs tss2-esys tss2-mu tss2-rc tss2-tctildr)
# What libpki needs.
SQLITE_LIBS = $(shell $(PKG_CONFIG) --libs sqlite3 inih gmp)
link = $(call show,LD,$@)$(CC) $(CFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) \
	$(LDFLAGS_ALL) $(1)

VERIFIER_SRC := $(if $(TINY),$(TINY_SRC),$(DEVVERIFY_SRC))
$(B)/devverify: $(call obj,host,$(VERIFIER_SRC)) $(B)/obj/anchors.o $(VERIFY_LIBS)
	$(call link)
$(B)/devverify-lab: $(call obj,lab,$(VERIFIER_SRC)) $(B)/obj/anchors.o $(VERIFY_LIBS)
	$(call link)
$(B)/devsign: $(call obj,host,$(DEVSIGN_SRC)) $(SIGN_LIBS)
	$(call link,$(TSS_LIBS))
$(B)/pki-init: $(call obj,host,$(PKI_INIT_SRC)) $(PKI_LIBS)
	$(call link,$(TSS_LIBS) $(SQLITE_LIBS))
$(B)/pki-issue: $(call obj,host,$(PKI_ISSUE_SRC)) $(PKI_LIBS)
	$(call link,$(TSS_LIBS) $(SQLITE_LIBS))
$(B)/pki-audit: $(call obj,host,$(PKI_AUDIT_SRC)) $(PKI_LIBS)
	$(call link,$(TSS_LIBS) $(SQLITE_LIBS))

$(B)/pki-revoke: $(call obj,host,$(PKI_REVOKE_SRC)) $(PKI_LIBS)
	$(call link,$(TSS_LIBS) $(SQLITE_LIBS))

# ---- tests ------------------------------------------------------------------

UNIT_VERIFY := $(UNIT_VERIFY_SRC:tests/unit/%.c=$(B)/tests/%)
UNIT_FULL := $(UNIT_FULL_SRC:tests/unit/%.c=$(B)/tests/%)
$(B)/obj/tests/%.o: tests/%.c $(NEEDS)
	$(call compile,$(PKI_FLAGS) -Itests $(INC))
$(UNIT_VERIFY): $(B)/tests/%: $(B)/obj/tests/unit/%.o $(VERIFY_LIBS)
	@mkdir -p $(@D)
	$(call link,-lcmocka)
# Beside the library that it replaces.
$(B)/tests/test_dv_cbor_opinion: $(B)/libcbor.a
$(UNIT_FULL): $(B)/tests/%: $(B)/obj/tests/unit/%.o $(PKI_LIBS)
	@mkdir -p $(@D)
	$(call link,-lcmocka $(TSS_LIBS) $(SQLITE_LIBS))
$(B)/tests/run_vectors: $(RUN_VECTORS_SRC:%.c=$(B)/obj/%.o) $(VERIFY_LIBS)
	@mkdir -p $(@D)
	$(call link)
$(B)/tests/prints: $(PRINTS_SRC:%.c=$(B)/obj/%.o) $(VERIFY_LIBS)
	@mkdir -p $(@D)
	$(call link)
$(B)/cose-harness: $(COSE_SRC:%.c=$(B)/obj/%.o) $(VERIFY_LIBS)
	$(call link)
$(B)/limbo-harness: $(LIMBO_SRC:%.c=$(B)/obj/%.o) $(VERIFY_LIBS)
	$(call link,-ljansson)
# A way to a TPM that goes wrong on order; loaded by its path, by tests alone.
$(B)/tests/libtss2-tcti-inject.so: tests/lib/tcti_inject.c $(B)/flags | packages
	@mkdir -p $(@D)
	$(call show,LD,$@)$(CC) $(HOST_FLAGS) $(CFLAGS) -fPIC -shared -o $@ $< \
	    $(shell $(PKG_CONFIG) --libs tss2-tctildr)

# A PKCS#11 module before the real one; no module is loaded that others may change.
$(B)/tests/p11_shim.so: tests/lib/p11_shim.c $(NEEDS)
	@mkdir -p $(@D)
	$(call show,LD,$@)$(CC) $(HOST_FLAGS) $(P11_INC) $(CFLAGS) -fPIC -shared -o $@ $< && \
	    chmod go-w $@

# Faults of the machine under the CA tools: a kill or a full disk at any system
# call, and another time of day.
$(B)/tests/fault_at: tests/lib/fault_at.c $(B)/flags | packages
	@mkdir -p $(@D)
	$(call show,LD,$@)$(CC) $(HOST_FLAGS) $(CFLAGS) -o $@ $<
$(B)/tests/clock_shim.so: tests/lib/clock_shim.c $(B)/flags | packages
	@mkdir -p $(@D)
	$(call show,LD,$@)$(CC) $(HOST_FLAGS) $(CFLAGS) -fPIC -shared -o $@ $<

# Proofs over all vectors; the linker puts their own functions in between.
wrap = $(addprefix -Wl$(comma)--wrap=,$(1))
WRAP_heap := $(call wrap,malloc calloc realloc free)
WRAP_fault := $(call wrap,dv_crypto_key dv_crypto_verify dv_hash_start \
	dv_hash_finish dv_hash_once dv_rsa_check)
WRAP_differential := -lcrypto
WRAP_stack := $(call wrap,dv_anchor_from_cert dv_cert_parse dv_cert_read \
	dv_chain_verify dv_crl_parse dv_csr_parse dv_csr_prove dv_manifest_parse \
	dv_receipt_parse dv_sign1_parse dv_sign1_verify dv_voucher_parse \
	dv_voucher_verify)
WRAP_selfcheck := $(call wrap,dv_chain_verify dv_cert_parse dv_selfcheck_chain)
$(B)/tests/proof_selfcheck: $(call obj,host,verify/cmd_selfcheck.c \
	verify/selfcheck_chains.c)
$(B)/tests/proof_opinion: $(B)/wolf-opinion.o
$(B)/obj/tests/proof/wolf/opinion.o: INC = $(OPINION_FLAGS)
$(B)/tests/bench_chain: $(B)/obj/tests/bench/chain.o $(VERIFY_LIBS)
	@mkdir -p $(@D)
	$(call link,-lcrypto)
# devsign, with a clock in between its steps.
$(B)/tests/bench_sign: $(B)/obj/tests/bench/sign_times.o \
		$(call obj,host,$(DEVSIGN_SRC)) $(SIGN_LIBS)
	@mkdir -p $(@D)
	$(call link,$(call wrap,ds_tpm_wait_open Esys_Initialize dv_crypto_verify \
	    fsync rename) $(TSS_LIBS))
$(B)/tests/bench_ledger $(B)/tests/bench_factor: $(B)/tests/bench_%: \
		$(B)/obj/tests/bench/%.o $(PKI_LIBS)
	@mkdir -p $(@D)
	$(call link,$(TSS_LIBS) $(SQLITE_LIBS))
$(B)/tests/proof_%: $(B)/obj/tests/proof/%.o $(B)/obj/tests/vectors.o \
		$(B)/obj/tests/vectors_ask.o $(B)/obj/tests/vectors_left_out.o $(VERIFY_LIBS)
	@mkdir -p $(@D)
	$(call link,$(WRAP_$*))
# With nothing but libdv, as anybody's program has it, and the roots of ANCHORS=.
$(B)/examples/verify_file: docs/examples/verify_file.c $(B)/obj/anchors.o \
		$(B)/lib/libdv.a $(wildcard include/*)
	@mkdir -p $(@D)
	$(call show,LD,$@)$(CC) $(CSTD) $(WARN) $(HARDEN) $(SANITIZE) $(REPRODUCIBLE) \
	    -Iinclude $(CFLAGS) -o $@ $(filter %.c %.o %.a,$^) $(LDFLAGS_ALL)
# With the distribution's wolfSSL, and nothing of ours.
$(B)/examples/%: docs/examples/%.c $(B)/flags | packages
	@mkdir -p $(@D)
	$(call show,LD,$@)$(CC) $(CSTD) $(WARN) $(HARDEN) $(SANITIZE) $(REPRODUCIBLE) \
	    -D_GNU_SOURCE= $(CFLAGS) -o $@ $< $(LDFLAGS_ALL) \
	    $(shell $(PKG_CONFIG) --libs tss2-esys tss2-tctildr wolfssl)

# Everything again by clang, coverage-guided: one self-contained build.
FUZZ_FLAGS := -g -O1 -fno-inline -fsanitize=fuzzer,address,undefined \
	-fno-sanitize-recover=all -Wl,--gc-sections
$(B)/fuzz/fuzz_p11_uri: sign/p11_uri.c
$(B)/fuzz/%: tests/fuzz/%.c tests/fuzz/fuzz.h $(CORE_SRC) $(DVHOST_SRC) $(SETTINGS) \
		$(wildcard include/* verify/*.h verify/host/*.h) \
		$(B)/libwolf-verify.a $(B)/fuzz/flags | packages
	@mkdir -p $(@D)
	$(call show,FUZZ,$@)clang $(CSTD) -D_GNU_SOURCE= $(FUZZ_FLAGS) -Iinclude -Iverify \
	    $(WOLF_INC) -o $@ $(filter %.c %.a,$^)

include .mk/machines.mk

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
