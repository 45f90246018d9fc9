# SPDX-License-Identifier: GPL-3.0-or-later
#
# The two pinned libraries, built from the sources that deps.sh unpacked:
#   libwolf-verify.a   hashes and public-key verification, no heap
#   libwolf-full.a     that, and keys, signing, random numbers, PKCS#8
#   libcbor.a          encoders, for signing; and the streaming decoder, for a test
# What is compiled in is decided by verify/wolfssl/user_settings.h alone: a
# file that the settings leave empty compiles to nothing.
#   wolf-opinion.o     for one test: wolfSSL's reader of certificates, with the
#                      settings in tests/proof/wolf/, and one name to the outside

DEPS := build/deps
WOLF := $(DEPS)/wolfssl
CBOR := $(DEPS)/libcbor/src

WOLF_VERIFY_NAMES := \
	cpuid.c \
	ed25519.c \
	fe_low_mem.c \
	fe_operations.c \
	ge_low_mem.c \
	ge_operations.c \
	hash.c \
	memory.c \
	sha256.c \
	sha3.c \
	sha512.c \
	sp_c32.c \
	sp_c64.c \
	sp_int.c \
	sp_x86_64.c \
	wc_mldsa.c \
	wc_port.c \
	wolfmath.c

WOLF_FULL_NAMES := $(WOLF_VERIFY_NAMES) \
	aes.c \
	asn.c \
	ecc.c \
	hmac.c \
	logging.c \
	pwdbased.c \
	random.c \
	wc_encrypt.c

WOLF_OPINION_NAMES := \
	asn.c \
	coding.c \
	ecc.c \
	ed25519.c \
	fe_operations.c \
	ge_operations.c \
	hash.c \
	memory.c \
	rsa.c \
	sha.c \
	sha256.c \
	sha3.c \
	sha512.c \
	sp_int.c \
	wc_lms.c \
	wc_lms_impl.c \
	wc_mldsa.c \
	wc_port.c \
	wolfmath.c

CBOR_NAMES := \
	cbor/callbacks.c \
	cbor/encoding.c \
	cbor/internal/encoders.c \
	cbor/internal/loaders.c \
	cbor/streaming.c

# A static build without all algorithms is to be small: it has every curve in C,
# and Ed25519 in the smallest form.
# Static builds hash by verify/crypto_wolf_sha256.c.
CURVES_IN_C := $(if $(STATIC),$(filter-out $(ALGS),$(FAMILIES)))
WOLF_DEFS += $(if $(CURVES_IN_C),-DDV_WOLF_SMALL_CURVES)
ifneq ($(findstring x86_64,$(MACHINE)),)
WOLF_VERIFY_NAMES += $(if $(CURVES_IN_C),,sp_x86_64_asm.S) \
	$(if $(STATIC),,fe_x25519_asm.S sha256_asm.S sha512_asm.S)
WOLF_FULL_NAMES += aes_asm.S aes_gcm_asm.S fe_x25519_asm.S sha256_asm.S \
	sha512_asm.S sp_x86_64_asm.S
WOLF_DEFS += $(if $(CURVES_IN_C),,-DDV_WOLF_ASM)
endif

# What an includer of wolfSSL or libcbor needs; the same -std= is in CSTD.
WOLF_INC := -DWOLFSSL_USER_SETTINGS $(WOLF_DEFS) -Iverify/wolfssl -isystem $(WOLF)
CBOR_INC := -Isign/libcbor -isystem $(CBOR)

# The static build of all has P-256 in assembler and P-384 in C, which is 17 KB less.
ifneq ($(findstring DV_WOLF_ASM,$(WOLF_DEFS)),)
ifneq ($(STATIC),)
$(B)/obj/wolf-verify/sp_x86_64.c.o $(B)/obj/wolf-verify/sp_x86_64_asm.S.o: \
	PLAIN = -DDV_WOLF_ONLY_256
$(B)/obj/wolf-verify/sp_c64.c.o: PLAIN = -UDV_WOLF_ASM -DDV_WOLF_ONLY_384
endif
endif

# ML-DSA and its hash are in C: the assembler is AVX2, which user_settings.h
# leaves out. Their types are shared with crypto_wolf_mldsa.c alone.
WOLF_PLAIN := -UDV_WOLF_ASM
$(B)/obj/wolf-verify/wc_mldsa.c.o $(B)/obj/wolf-verify/sha3.c.o \
	$(B)/obj/wolf-full/wc_mldsa.c.o $(B)/obj/wolf-full/sha3.c.o: PLAIN = $(WOLF_PLAIN)

# Their warnings are theirs. -Dasm: wolfSSL writes the GNU word, -std=c11 has
# only the reserved one.
THIRD_FLAGS := $(CSTD) -w -D_DEFAULT_SOURCE -Dasm=__asm__ $(HARDEN) $(SECTIONS) \
	$(if $(findstring address,$(SAN)),-fsanitize=address) $(REPRODUCIBLE)
WOLF_FLAGS := $(THIRD_FLAGS) -DWOLFSSL_USER_SETTINGS $(WOLF_DEFS) \
	-Iverify/wolfssl -I$(WOLF)
OPINION_FLAGS := -DWOLFSSL_USER_SETTINGS -Itests/proof/wolf -isystem $(WOLF)
CBOR_FLAGS := $(THIRD_FLAGS) -Isign/libcbor -I$(CBOR)

third_objs = $(addprefix $(B)/obj/$(1)/,$(addsuffix .o,$(2)))
WOLF_VERIFY_OBJS := $(call third_objs,wolf-verify,$(WOLF_VERIFY_NAMES))
WOLF_FULL_OBJS := $(call third_objs,wolf-full,$(WOLF_FULL_NAMES))
WOLF_OPINION_OBJS := $(call third_objs,wolf-opinion,$(WOLF_OPINION_NAMES))
CBOR_OBJS := $(call third_objs,libcbor,$(CBOR_NAMES))

$(DEPS)/.unpacked: .mk/deps.sha256 | packages
	$(call show,DEPS,wolfSSL and libcbor).mk/deps.sh sources $(DEPS)

# The sources appear with the stamp; without this make would not wait for it.
$(sort $(patsubst %,$(WOLF)/wolfcrypt/src/%,$(WOLF_FULL_NAMES) \
	$(WOLF_OPINION_NAMES))) $(CBOR_NAMES:%=$(CBOR)/%): \
	| $(DEPS)/.unpacked ;

$(WOLF_VERIFY_OBJS): $(B)/obj/wolf-verify/%.o: $(WOLF)/wolfcrypt/src/% \
		$(DEPS)/.unpacked $(B)/flags
	$(call compile,$(WOLF_FLAGS) $(PLAIN))

$(WOLF_FULL_OBJS): $(B)/obj/wolf-full/%.o: $(WOLF)/wolfcrypt/src/% \
		$(DEPS)/.unpacked $(B)/flags
	$(call compile,$(WOLF_FLAGS) -DDV_WOLF_FULL $(PLAIN))

$(WOLF_OPINION_OBJS): $(B)/obj/wolf-opinion/%.o: $(WOLF)/wolfcrypt/src/% \
		tests/proof/wolf/user_settings.h $(DEPS)/.unpacked $(B)/flags
	$(call compile,$(THIRD_FLAGS) $(OPINION_FLAGS))

$(B)/wolf-opinion.o: $(B)/obj/tests/proof/wolf/opinion.o $(WOLF_OPINION_OBJS)
	$(call show,LD,$@)$(CC) -r -nostdlib -o $@ $^ && \
	    $(OBJCOPY) --keep-global-symbol=opinion_wolf $@

$(CBOR_OBJS): $(B)/obj/libcbor/%.o: $(CBOR)/% $(DEPS)/.unpacked $(B)/flags
	$(call compile,$(CBOR_FLAGS))

$(B)/libwolf-verify.a: $(WOLF_VERIFY_OBJS)
$(B)/libwolf-full.a: $(WOLF_FULL_OBJS)
$(B)/libcbor.a: $(CBOR_OBJS)
