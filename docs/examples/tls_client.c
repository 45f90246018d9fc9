/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An example: a TLS 1.3 client that proves who it is with the device key in the
 * TPM and the chain that `devsign install` put down. The private key is never
 * in this process. RFC 8446 4.4.3.
 *
 *   tls_client TCTI SERVER PORT ROOT.pem CHAIN.pem
 *
 * It uses the distribution's wolfSSL, which must not meet the one inside this
 * toolkit: do not link libds.a into such a program (the installed libdv.a hides
 * its own: docs/LIBDV.md). And it must be
 * compiled as C11 or later, as that library was: an older -std= gives another
 * layout of wc_CryptoInfo, and the callback is never called.
 */
#include <wolfssl/options.h>

#include <netdb.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <tss2/tss2_esys.h>
#include <tss2/tss2_tctildr.h>
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/asn_public.h>
#include <wolfssl/wolfcrypt/cryptocb.h>
#include <wolfssl/wolfcrypt/ecc.h>

#define KEY_HANDLE 0x81020000	/* where `devsign key create` keeps it */
#define DEVICE_ID 1		/* any number: ties the key to the callback */
#define HALF 32			/* octets of r, s, x, y on P-256 */
#define SILENCE_S 20		/* how long the server may say nothing */

struct device {
	TSS2_TCTI_CONTEXT *tcti;
	ESYS_CONTEXT *esys;
	ESYS_TR key;
	TPM2B_ECC_PARAMETER x, y;	/* its public point */
	TSS2_RC failed;			/* wolfSSL has one code for all */
};

static int
die(const char *what, const char *why)
{
	fprintf(stderr, "tls_client: %s: %s\n", what, why);
	return EXIT_FAILURE;
}

/* ---- the key -------------------------------------------------------------- */

/* The TCTI must say where the TPM is. NULL would try whatever listens on
 * localhost. */
static bool
device_open(struct device *d, const char *tcti)
{
	TPM2B_PUBLIC *pub = NULL;
	setenv("TSS2_LOG", "all+none", 0);
	d->failed = Tss2_TctiLdr_Initialize(tcti, &d->tcti);
	if (d->failed == TSS2_RC_SUCCESS)
		d->failed = Esys_Initialize(&d->esys, d->tcti, NULL);
	if (d->failed == TSS2_RC_SUCCESS)
		d->failed = Esys_TR_FromTPMPublic(d->esys, KEY_HANDLE,
		    ESYS_TR_NONE, ESYS_TR_NONE, ESYS_TR_NONE, &d->key);
	if (d->failed == TSS2_RC_SUCCESS)
		d->failed = Esys_ReadPublic(d->esys, d->key, ESYS_TR_NONE,
		    ESYS_TR_NONE, ESYS_TR_NONE, &pub, NULL, NULL);
	if (d->failed != TSS2_RC_SUCCESS)
		return false;
	bool ok = pub->publicArea.type == TPM2_ALG_ECC;
	d->x = pub->publicArea.unique.ecc.x;
	d->y = pub->publicArea.unique.ecc.y;
	Esys_Free(pub);
	return ok && d->x.size <= HALF && d->y.size <= HALF;
}

static void
device_close(struct device *d)
{
	Esys_Finalize(&d->esys);
	Tss2_TctiLdr_Finalize(&d->tcti);
}

/* What wolfSSL cannot do itself because the key is not here: one signature. */
static int
device_callback(int id, wc_CryptoInfo *info, void *context)
{
	struct device *d = context;
	TPMT_SIGNATURE *sig = NULL;
	TPM2B_DIGEST digest = { .size = HALF };
	const TPMT_SIG_SCHEME scheme = {
		.scheme = TPM2_ALG_ECDSA,
		.details.ecdsa.hashAlg = TPM2_ALG_SHA256,
	};
	const TPMT_TK_HASHCHECK no_ticket = {
		.tag = TPM2_ST_HASHCHECK,
		.hierarchy = TPM2_RH_NULL,
	};
	(void)id;
	if (info->algo_type != WC_ALGO_TYPE_PK ||
	    info->pk.type != WC_PK_TYPE_ECDSA_SIGN)
		return CRYPTOCB_UNAVAILABLE;	/* the rest in software */
	if (info->pk.eccsign.inlen != HALF)
		return BAD_LENGTH_E;
	memcpy(digest.buffer, info->pk.eccsign.in, HALF);
	d->failed = Esys_Sign(d->esys, d->key, ESYS_TR_PASSWORD, ESYS_TR_NONE,
	    ESYS_TR_NONE, &digest, &scheme, &no_ticket, &sig);
	if (d->failed != TSS2_RC_SUCCESS)
		return WC_HW_E;
	const TPMS_SIGNATURE_ECC *made = &sig->signature.ecdsa;
	int ret = wc_ecc_rs_raw_to_sig(made->signatureR.buffer,
	    made->signatureR.size, made->signatureS.buffer,
	    made->signatureS.size, info->pk.eccsign.out,
	    info->pk.eccsign.outlen);
	Esys_Free(sig);
	return ret;
}

/*
 * Is this TPM's key the one of the first certificate in the chain? The owner
 * can put another at the handle; better said here than by the server's alert.
 */
static bool
device_fits(const struct device *d, const char *chain)
{
	uint8_t x[HALF], y[HALF], wanted[2 * HALF] = { 0 }, der[512];
	int size = (int)sizeof(der);
	word32 at = 0, x_len = HALF, y_len = HALF;
	ecc_key key;
	WOLFSSL_X509 *leaf = wolfSSL_X509_load_certificate_file(chain,
	    WOLFSSL_FILETYPE_PEM);
	bool ok = leaf != NULL &&
	    wolfSSL_X509_get_pubkey_buffer(leaf, der, &size) ==
	    WOLFSSL_SUCCESS && wc_ecc_init(&key) == 0;
	wolfSSL_X509_free(leaf);
	if (!ok)
		return false;
	ok = wc_EccPublicKeyDecode(der, &at, &key, (word32)size) == 0 &&
	    wc_ecc_export_public_raw(&key, x, &x_len, y, &y_len) == 0 &&
	    x_len == HALF && y_len == HALF;
	wc_ecc_free(&key);
	memcpy(wanted + HALF - d->x.size, d->x.buffer, d->x.size);
	memcpy(wanted + 2 * HALF - d->y.size, d->y.buffer, d->y.size);
	return ok && memcmp(x, wanted, HALF) == 0 &&
	    memcmp(y, wanted + HALF, HALF) == 0;
}

/* ---- TLS ------------------------------------------------------------------ */

/* TLS 1.3, the server's chain checked against ROOT, ours offered. */
static WOLFSSL_CTX *
context_new(struct device *d, const char *root, const char *chain)
{
	static const unsigned char id[] = { 0x81, 0x02, 0x00, 0x00 };
	WOLFSSL_CTX *ctx = wolfSSL_CTX_new(wolfTLSv1_3_client_method());
	if (ctx == NULL)
		return NULL;
	wolfSSL_CTX_set_verify(ctx, WOLFSSL_VERIFY_PEER, NULL);
	if (wc_CryptoCb_RegisterDevice(DEVICE_ID, device_callback, d) == 0 &&
	    wolfSSL_CTX_load_verify_locations(ctx, root, NULL) ==
	    WOLFSSL_SUCCESS &&
	    wolfSSL_CTX_use_certificate_chain_file(ctx, chain) ==
	    WOLFSSL_SUCCESS &&
	    wolfSSL_CTX_use_PrivateKey_Id(ctx, id, sizeof(id), DEVICE_ID) ==
	    WOLFSSL_SUCCESS)
		return ctx;
	wolfSSL_CTX_free(ctx);
	return NULL;
}

static int
tcp_connect(const char *server, const char *port)
{
	const struct addrinfo want = { .ai_socktype = SOCK_STREAM };
	const struct timeval silence = { .tv_sec = SILENCE_S };
	struct addrinfo *all = NULL;
	int fd = -1;
	if (getaddrinfo(server, port, &want, &all) != 0)
		return -1;
	for (const struct addrinfo *a = all; a != NULL && fd < 0;
	    a = a->ai_next) {
		fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, 0);
		if (fd < 0)
			continue;
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &silence,
		    sizeof(silence));
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &silence,
		    sizeof(silence));
		if (connect(fd, a->ai_addr, a->ai_addrlen) != 0) {
			close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(all);
	return fd;
}

/*
 * In TLS 1.3 the client is done before the server has looked at its
 * certificate: a refusal arrives with the first read, so that decides.
 */
static bool
talk(WOLFSSL *ssl)
{
	static const char ask[] = "GET / HTTP/1.0\r\n\r\n";
	char answer[4096];
	int got, total = 0;
	if (wolfSSL_connect(ssl) != WOLFSSL_SUCCESS ||
	    wolfSSL_write(ssl, ask, (int)sizeof(ask) - 1) <= 0)
		return false;
	while ((got = wolfSSL_read(ssl, answer, (int)sizeof(answer))) > 0) {
		fwrite(answer, 1, (size_t)got, stdout);
		total += got;
	}
	return total > 0 &&
	    wolfSSL_get_error(ssl, got) == WOLFSSL_ERROR_ZERO_RETURN;
}

static int
session(WOLFSSL_CTX *ctx, const struct device *d, const char *server,
    const char *port)
{
	char why[WOLFSSL_MAX_ERROR_SZ], tpm[32];
	int fd = tcp_connect(server, port);
	if (fd < 0)
		return die(server, "cannot be reached");
	WOLFSSL *ssl = wolfSSL_new(ctx);
	bool ok = ssl != NULL &&
	    wolfSSL_UseSNI(ssl, WOLFSSL_SNI_HOST_NAME, server,
	    (unsigned short)strlen(server)) == WOLFSSL_SUCCESS &&
	    wolfSSL_check_domain_name(ssl, server) == WOLFSSL_SUCCESS &&
	    wolfSSL_set_fd(ssl, fd) == WOLFSSL_SUCCESS && talk(ssl);
	if (ok)
		fprintf(stderr, "tls_client: %s, %s, authenticated by the TPM\n",
		    wolfSSL_get_version(ssl), wolfSSL_get_cipher(ssl));
	else if (d->failed != TSS2_RC_SUCCESS) {
		snprintf(tpm, sizeof(tpm), "TPM 0x%x", (unsigned)d->failed);
		die("the TPM did not sign", tpm);
	} else
		die("no session", ssl == NULL ? "out of memory" :
		    wolfSSL_ERR_error_string((unsigned long)
		    wolfSSL_get_error(ssl, 0), why));
	wolfSSL_free(ssl);
	close(fd);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
	struct device d = { .key = ESYS_TR_NONE };
	int ret = EXIT_FAILURE;
	if (argc != 6 || argv[1][0] == '\0')
		return die("usage", "tls_client TCTI SERVER PORT ROOT.pem "
		    "CHAIN.pem");
	signal(SIGPIPE, SIG_IGN);
	wolfSSL_Init();
	if (!device_open(&d, argv[1]))
		die(argv[1], "no device key there");
	else if (!device_fits(&d, argv[5]))
		die(argv[5], "the first certificate is not the device key's");
	else {
		WOLFSSL_CTX *ctx = context_new(&d, argv[4], argv[5]);
		ret = ctx == NULL ? die("TLS", "cannot be set up: are "
		    "ROOT.pem and CHAIN.pem certificates?") :
		    session(ctx, &d, argv[2], argv[3]);
		wolfSSL_CTX_free(ctx);
	}
	device_close(&d);
	wolfSSL_Cleanup();
	return ret;
}
