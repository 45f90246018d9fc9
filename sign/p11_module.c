/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * PKCS#11 modules: code of somebody else in this process. Loaded from the one
 * absolute path that was named, never searched for, never one that others may
 * change. PKCS#11 2.40 5.4.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "p11.h"

struct ds_p11_module {
	struct ds_p11_module *next;
	void *handle;			/* of dlopen() */
	CK_FUNCTION_LIST *f;
	unsigned users;
	bool ours;			/* initialised here */
};

/* C_Initialize is once a process: a CA and its issuer may share a module. */
static struct ds_p11_module *loaded;

/* Whoever may change the file may do all that this program may. */
static enum dv_exit
file_check(const char *path, struct dv_err *err)
{
	struct stat st;
	enum dv_exit ret;
	if (stat(path, &st) != 0) {
		ret = dv_fail(err, DV_EXIT_NONE, "module-path %s: %s", path,
		    strerror(errno));
		return dv_hint(err, ret, "install the PKCS#11 module of the "
		    "token's maker, or name it where it is");
	}
	if (!S_ISREG(st.st_mode))
		return dv_fail(err, DV_EXIT_NONE,
		    "module-path %s: is not a file", path);
	if ((st.st_uid == 0 || st.st_uid == geteuid()) &&
	    (st.st_mode & (S_IWGRP | S_IWOTH)) == 0)
		return DV_EXIT_YES;
	ret = dv_fail(err, DV_EXIT_NONE, "module-path %s: others than you and "
	    "root may change this module (owner %lu, mode %04o)", path,
	    (unsigned long)st.st_uid, (unsigned)(st.st_mode & 07777));
	return dv_hint(err, ret, "its code runs with your rights and sees the "
	    "PIN: install it as root, or chmod go-w it");
}

static struct ds_p11_module *
loaded_find(const void *handle)
{
	struct ds_p11_module *m = loaded;
	while (m != NULL && m->handle != handle)
		m = m->next;
	return m;
}

/* By its one entry point; NULL: *ret and *err say why. */
static CK_FUNCTION_LIST *
functions_get(const char *path, void *handle, enum dv_exit *ret,
    struct dv_err *err)
{
	CK_C_GetFunctionList get;
	CK_FUNCTION_LIST *f = NULL;
	void *symbol = dlsym(handle, "C_GetFunctionList");
	if (symbol == NULL) {
		*ret = dv_fail(err, DV_EXIT_NONE, "module-path %s: is not a "
		    "PKCS#11 module: it has no C_GetFunctionList", path);
		dv_hint(err, *ret, "its maker's manual names the file");
		return NULL;
	}
	memcpy(&get, &symbol, sizeof(get));
	CK_RV rv = get(&f);
	if (rv != CKR_OK) {
		*ret = ds_p11_fail(err, path, "asking for its functions", rv);
		return NULL;
	}
	if (f != NULL && f->version.major >= 2 && f->version.major <= 3)
		return f;
	*ret = dv_fail(err, DV_EXIT_NONE, "module-path %s: speaks neither "
	    "PKCS#11 2 nor 3", path);
	return NULL;
}

static enum dv_exit
initialise(const char *path, struct ds_p11_module *m, struct dv_err *err)
{
	CK_RV rv = m->f->C_Initialize(NULL);
	m->ours = rv == CKR_OK;
	if (m->ours || rv == CKR_CRYPTOKI_ALREADY_INITIALIZED)
		return DV_EXIT_YES;
	return ds_p11_fail(err, path, "initialising the module", rv);
}

static enum dv_exit
module_new(const char *path, void *handle, struct ds_p11_module **out,
    struct dv_err *err)
{
	struct ds_p11_module *m = calloc(1, sizeof(*m));
	enum dv_exit ret = DV_EXIT_NONE;
	if (m == NULL) {
		dlclose(handle);
		return dv_fail(err, ret, "out of memory");
	}
	m->handle = handle;
	m->f = functions_get(path, handle, &ret, err);
	if (m->f != NULL)
		ret = initialise(path, m, err);
	if (ret != DV_EXIT_YES) {
		dlclose(handle);
		free(m);
		return ret;
	}
	m->users = 1;
	m->next = loaded;
	loaded = *out = m;
	return DV_EXIT_YES;
}

enum dv_exit
ds_p11_load(const char *path, struct ds_p11_module **out, struct dv_err *err)
{
	*out = NULL;
	enum dv_exit ret = file_check(path, err);
	if (ret != DV_EXIT_YES)
		return ret;
	void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (handle == NULL) {
		ret = dv_fail(err, DV_EXIT_NONE, "module-path: cannot be "
		    "loaded: %s", dlerror());
		return dv_hint(err, ret, "is it the module for this kind of "
		    "machine, and are the libraries it needs installed?");
	}
	struct ds_p11_module *m = loaded_find(handle);
	if (m == NULL)
		return module_new(path, handle, out, err);
	dlclose(handle);	/* the first one still holds it */
	m->users++;
	*out = m;
	return DV_EXIT_YES;
}

void
ds_p11_unload(struct ds_p11_module *module)
{
	struct ds_p11_module **at = &loaded;
	if (module == NULL || --module->users > 0)
		return;
	while (*at != module)
		at = &(*at)->next;
	*at = module->next;
	if (module->ours)
		module->f->C_Finalize(NULL);
	dlclose(module->handle);
	free(module);
}

CK_FUNCTION_LIST *
ds_p11_functions(const struct ds_p11_module *module)
{
	return module->f;
}
