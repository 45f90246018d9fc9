/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pki-init install: the certificate that the issuer has made, with its chain,
 * into the directory of the CA that asked for it. pki-init(1).
 */
#include <stdio.h>
#include <stdlib.h>

#include "cmd.h"

const struct dv_opt pki_install_opts[] = {
	PKI_OPT_DIR("directory of the CA"),
	PKI_OPT_ACCESS,
	PKI_OPT_END,
};

static enum dv_exit
say(const char *dir, struct dv_err *err)
{
	struct pki_ca *ca;
	char name[512], end[DV_TIME_TEXT];
	enum dv_exit exit = pki_ca_open(dir, &ca, err);

	if (exit != DV_EXIT_YES)
		return exit;
	dv_name_text(ca->cert.subject, name, sizeof(name));
	dv_time_format(ca->cert.not_after, end);
	(void)printf("%s: installed \"%s\", %zu certificate%s, until %s\n", dir,
	    name, ca->chain_count, ca->chain_count == 1 ? "" : "s", end);
	pki_ca_close(ca);
	return DV_EXIT_YES;
}

static enum dv_exit
install(const struct dv_args *args, struct dv_ders *files,
    struct dv_err *err)
{
	struct dv_bytes chain[DV_MAX_PATH];
	struct ds_access access;
	struct pki_ca_answer answer = { .chain = chain, .access = &access };
	enum dv_exit exit = pki_cmd_need(args, "directory", &answer.dir, err);

	if (exit == DV_EXIT_YES)
		exit = pki_cmd_access(args, "", &access, err);
	if (exit == DV_EXIT_YES)
		exit = pki_cmd_now(&answer.now, err);
	for (int i = 0; exit == DV_EXIT_YES && i < args->operand_count; i++)
		exit = dv_ders_load(files, args->operands[i], "CERTIFICATE",
		    err);
	if (exit == DV_EXIT_YES && (files->count == 0 ||
	    files->count > DV_MAX_PATH))
		exit = dv_fail(err, DV_EXIT_NO, "%s: %zu certificates; 1 to %d "
		    "are possible", args->operands[0], files->count,
		    DV_MAX_PATH);
	if (exit != DV_EXIT_YES)
		return exit;
	for (size_t i = 0; i < files->count; i++)
		chain[answer.chain_count++] = dv_ders_at(files, i);
	exit = pki_ca_install(&answer, err);
	return exit == DV_EXIT_YES ? say(answer.dir, err) : exit;
}

enum dv_exit
pki_install_run(const struct dv_args *args, struct dv_err *err)
{
	struct dv_ders *files = calloc(1, sizeof(*files));
	enum dv_exit exit;

	if (files == NULL)
		return dv_fail(err, DV_EXIT_NONE, "out of memory");
	exit = install(args, files, err);
	dv_ders_free(files);
	free(files);
	return exit;
}
