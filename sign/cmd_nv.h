/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What install and retire share about the certificate in NV memory: the options
 * that say who may delete it, and taking it through its states.
 */
#ifndef CMD_NV_H
#define CMD_NV_H

#include "cmd_state.h"
#include "tpm_nv.h"

/* The maker's public key in a file. key borrows from der. */
struct ds_cmd_maker {
	struct dv_ders *list;
	struct dv_key key;
};
DV_MUST_USE enum dv_exit ds_cmd_maker_load(const char *path,
    struct ds_cmd_maker *out, struct dv_err *err);
void ds_cmd_maker_free(struct ds_cmd_maker *maker);

/* May these options stand together? Before anything is asked or opened. */
DV_MUST_USE enum dv_exit ds_cmd_nv_options(const struct dv_args *args,
    struct dv_err *err);

/*
 * --nv: the certificate into the TPM, from whatever state is found there until
 * it is locked. ready() changes nothing: it looks whether that can be done, and
 * asks whether it shall. end() is for all cases. It borrows certificate.
 */
struct ds_cmd_nv;
DV_MUST_USE enum dv_exit ds_cmd_nv_ready(const struct dv_args *args,
    const struct dv_cert *certificate, struct ds_cmd_nv **out,
    struct dv_err *err);
DV_MUST_USE enum dv_exit ds_cmd_nv_install(struct ds_cmd_nv *nv,
    struct dv_err *err);
void ds_cmd_nv_end(struct ds_cmd_nv *nv);

#endif
