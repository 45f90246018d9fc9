# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every source of the project, each in one list, in the order of the alphabet.

# libdv.a: reads and judges; no heap, no I/O, no clock.
CORE_SRC := \
	verify/alg.c \
	verify/anchor.c \
	verify/at.c \
	verify/bytes.c \
	verify/cbor.c \
	verify/cert.c \
	verify/chain.c \
	verify/constraints.c \
	verify/constraints_form.c \
	verify/cose_map.c \
	verify/countersign.c \
	verify/crl.c \
	verify/crl_ext.c \
	verify/crl_point.c \
	verify/crl_signer.c \
	verify/crypto_wolf.c \
	verify/crypto_wolf_ecc.c \
	verify/crypto_wolf_mldsa.c \
	verify/crypto_wolf_rsa.c \
	verify/crypto_wolf_sha256.c \
	verify/csr.c \
	verify/demand.c \
	verify/der.c \
	verify/embedded.c \
	verify/ext.c \
	verify/ext_names.c \
	verify/ext_policy.c \
	verify/host_name.c \
	verify/key.c \
	verify/lms.c \
	verify/manifest.c \
	verify/name.c \
	verify/name_text.c \
	verify/oid.c \
	verify/policy.c \
	verify/receipt.c \
	verify/revoke.c \
	verify/rsa.c \
	verify/rules.c \
	verify/sign.c \
	verify/sign1.c \
	verify/sign1_claims.c \
	verify/sign1_head.c \
	verify/sign1_read.c \
	verify/sign_read.c \
	verify/text.c \
	verify/time.c \
	verify/trace.c \
	verify/verdict.c \
	verify/version.c \
	verify/version_order.c \
	verify/voucher.c \
	verify/voucher_check.c \
	verify/wasm.c

# libdvhost.a: files, PEM, options, reports; for programs only.
DVHOST_SRC := \
	verify/host/ahead.c \
	verify/host/args.c \
	verify/host/buf.c \
	verify/host/err.c \
	verify/host/file.c \
	verify/host/format.c \
	verify/host/help.c \
	verify/host/jobs.c \
	verify/host/json.c \
	verify/host/newfile.c \
	verify/host/pem.c \
	verify/host/place.c \
	verify/host/plain.c \
	verify/host/progress.c \
	verify/host/purpose.c \
	verify/host/report.c \
	verify/host/report_counter.c \
	verify/host/report_embed.c \
	verify/host/report_json.c \
	verify/host/report_signed.c \
	verify/host/report_trace.c \
	verify/host/report_tree.c \
	verify/host/report_voucher.c \
	verify/host/stream.c \
	verify/host/text.c \
	verify/host/tree.c \
	verify/host/when.c \
	verify/host/words.c

# devverify, compiled twice: with -DDV_LAB it takes trust from the command line.
DEVVERIFY_SRC := \
	verify/cmd_anchors.c \
	verify/cmd_ask.c \
	verify/cmd_chain.c \
	verify/cmd_crl.c \
	verify/cmd_demand.c \
	verify/cmd_embed.c \
	verify/cmd_file.c \
	verify/cmd_list.c \
	verify/cmd_manifest.c \
	verify/cmd_receipt.c \
	verify/cmd_receipts.c \
	verify/cmd_selfcheck.c \
	verify/cmd_several.c \
	verify/cmd_show.c \
	verify/cmd_show_claims.c \
	verify/cmd_show_out.c \
	verify/cmd_show_receipt.c \
	verify/cmd_show_signed.c \
	verify/cmd_show_voucher.c \
	verify/cmd_voucher.c \
	verify/devverify.c \
	verify/host/trust.c \
	verify/selfcheck_chains.c

# The tiny devverify (TINY=1), instead of those; also compiled twice.
TINY_SRC := \
	verify/tiny.c \
	verify/tiny_report.c

# libds.a: produces; writers, keys, envelopes.
DS_SRC := \
	sign/cbor_write.c \
	sign/chain_check.c \
	sign/countersign.c \
	sign/crypto_wolf_seal.c \
	sign/crypto_wolf_sign.c \
	sign/csr_make.c \
	sign/der_write.c \
	sign/device.c \
	sign/key.c \
	sign/key_file.c \
	sign/key_pkcs11.c \
	sign/key_tpm.c \
	sign/manifest_make.c \
	sign/name_write.c \
	sign/nv_policy.c \
	sign/nv_step.c \
	sign/p11_err.c \
	sign/p11_make.c \
	sign/p11_module.c \
	sign/p11_object.c \
	sign/p11_point.c \
	sign/p11_public.c \
	sign/p11_token.c \
	sign/p11_uri.c \
	sign/record.c \
	sign/seal.c \
	sign/secret.c \
	sign/sign1_external.c \
	sign/sign1_make.c \
	sign/tpm.c \
	sign/tpm_approve.c \
	sign/tpm_auth.c \
	sign/tpm_child.c \
	sign/tpm_cmd.c \
	sign/tpm_cmd_policy.c \
	sign/tpm_err.c \
	sign/tpm_file.c \
	sign/tpm_info.c \
	sign/tpm_key.c \
	sign/tpm_list.c \
	sign/tpm_lock.c \
	sign/tpm_nv.c \
	sign/tpm_pcr.c \
	sign/tpm_policy.c \
	sign/tpm_policy_run.c \
	sign/tpm_session.c \
	sign/tpm_template.c \
	sign/tpm_wait.c \
	sign/voucher_make.c

# devsign.
DEVSIGN_SRC := \
	sign/cmd.c \
	sign/cmd_claims.c \
	sign/cmd_countersign.c \
	sign/cmd_install.c \
	sign/cmd_key.c \
	sign/cmd_key_approve.c \
	sign/cmd_key_list.c \
	sign/cmd_lock.c \
	sign/cmd_nv.c \
	sign/cmd_renew.c \
	sign/cmd_request.c \
	sign/cmd_retire.c \
	sign/cmd_sign.c \
	sign/cmd_sign_append.c \
	sign/cmd_sign_embed.c \
	sign/cmd_sign_external.c \
	sign/cmd_sign_manifest.c \
	sign/cmd_state.c \
	sign/cmd_status.c \
	sign/cmd_status_say.c \
	sign/cmd_voucher.c \
	sign/devsign.c \
	sign/status.c

# libpki.a: runs a PKI on disk.
PKI_SRC := \
	pki-tools/again.c \
	pki-tools/alt.c \
	pki-tools/anchors.c \
	pki-tools/audit_line.c \
	pki-tools/audit_log.c \
	pki-tools/audit_sign.c \
	pki-tools/authorise.c \
	pki-tools/batch.c \
	pki-tools/batch_device.c \
	pki-tools/batch_end.c \
	pki-tools/batch_out.c \
	pki-tools/ca.c \
	pki-tools/ca_make.c \
	pki-tools/ca_request.c \
	pki-tools/cmd.c \
	pki-tools/constraint.c \
	pki-tools/crl_judge.c \
	pki-tools/crl_make.c \
	pki-tools/crl_write.c \
	pki-tools/csv.c \
	pki-tools/extra.c \
	pki-tools/factor.c \
	pki-tools/identity.c \
	pki-tools/issue.c \
	pki-tools/judge.c \
	pki-tools/ledger.c \
	pki-tools/ledger_batch.c \
	pki-tools/ledger_crl.c \
	pki-tools/ledger_db.c \
	pki-tools/ledger_issued.c \
	pki-tools/ledger_log.c \
	pki-tools/ledger_revoked.c \
	pki-tools/lint.c \
	pki-tools/lint_draft.c \
	pki-tools/lint_ext.c \
	pki-tools/lint_field.c \
	pki-tools/lint_issuer.c \
	pki-tools/lint_kind.c \
	pki-tools/lint_matter.c \
	pki-tools/lint_name.c \
	pki-tools/order.c \
	pki-tools/point.c \
	pki-tools/profile.c \
	pki-tools/profiles_ini.c \
	pki-tools/profiles_keys.c \
	pki-tools/request.c \
	pki-tools/scratch.c \
	pki-tools/statement.c \
	pki-tools/subject.c \
	pki-tools/tbs.c \
	pki-tools/transcript.c \
	pki-tools/weak.c

# pki-init.
PKI_INIT_SRC := \
	pki-tools/check.c \
	pki-tools/check_crl.c \
	pki-tools/check_files.c \
	pki-tools/cmd_anchors.c \
	pki-tools/cmd_authorise.c \
	pki-tools/cmd_check.c \
	pki-tools/cmd_extra.c \
	pki-tools/cmd_install.c \
	pki-tools/cmd_intermediate.c \
	pki-tools/cmd_request.c \
	pki-tools/cmd_root.c \
	pki-tools/cmd_sign.c \
	pki-tools/cmd_sign_say.c \
	pki-tools/pki_init.c

# pki-issue.
PKI_ISSUE_SRC := \
	pki-tools/cmd_batch.c \
	pki-tools/cmd_device.c \
	pki-tools/cmd_lint.c \
	pki-tools/cmd_profiles.c \
	pki-tools/pki_issue.c

# pki-audit.
PKI_AUDIT_SRC := \
	pki-tools/audit.c \
	pki-tools/audit_batch.c \
	pki-tools/audit_cert.c \
	pki-tools/audit_read.c \
	pki-tools/audit_revoked.c \
	pki-tools/audit_rows.c \
	pki-tools/audit_weak.c \
	pki-tools/cmd_audit_clock.c \
	pki-tools/cmd_audit_report.c \
	pki-tools/cmd_audit_verify.c \
	pki-tools/pki_audit.c

# pki-revoke.
PKI_REVOKE_SRC := \
	pki-tools/cmd_crl.c \
	pki-tools/cmd_revoke.c \
	pki-tools/pki_revoke.c

# Chosen by ANCHORS=, not by a list: verify/host/anchors_none.c
# In static builds without lists of files: verify/host/calls.c
# and verify/host/pages.c
# and verify/host/stdio.c
# and verify/host/strings.c

# tests/run_vectors: the vectors, and the properties of the accepted ones.
RUN_VECTORS_SRC := \
	tests/property.c \
	tests/run_vectors.c \
	tests/vectors.c \
	tests/vectors_ask.c \
	tests/vectors_check.c \
	tests/vectors_left_out.c

# A boot loader for a microcontroller, and the vectors on it.
LOADER_SRC := \
	docs/examples/firmware/boot.c \
	docs/examples/firmware/main.c \
	docs/examples/firmware/memory.c \
	docs/examples/firmware/start.c
FW_VECTORS_SRC := \
	tests/firmware/newlib.c \
	tests/firmware/vectors.c \
	tests/property.c \
	tests/vectors.c \
	tests/vectors_ask.c \
	tests/vectors_check.c \
	tests/vectors_left_out.c

# prints: what is printed, by this libc or our own.
PRINTS_SRC := tests/prints.c

# hashes: digests of every beginning of a file.
HASHES_SRC := tests/hashes.c

# cose-harness: other people's COSE_Sign1, each with its key.
COSE_SRC := tests/cose_harness.c

# limbo-harness: documents of the x509-limbo schema.
LIMBO_SRC := \
	tests/limbo_case.c \
	tests/limbo_harness.c

# A unit test is found by its name, so none can be forgotten in a list.
UNIT_VERIFY_SRC := $(wildcard tests/unit/test_dv_*.c tests/unit/test_host_*.c)
UNIT_FULL_SRC := $(wildcard tests/unit/test_ds_*.c tests/unit/test_pki_*.c)
FUZZ_SRC := $(wildcard tests/fuzz/fuzz_*.c)
PROOF_SRC := $(wildcard tests/proof/*.c)
