/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CRYPTO_LIBCRYPTO_H
#define CRYPTO_LIBCRYPTO_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/error.h"

/* The functions of OpenSSL's libcrypto that we call, through pointers: it is loaded on first use. */
#define LIBCRYPTO_FUNCTIONS(X)     \
	X(EVP_DigestFinal_ex)      \
	X(EVP_DigestInit_ex2)      \
	X(EVP_DigestUpdate)        \
	X(EVP_DigestVerify)        \
	X(EVP_DigestVerifyInit_ex) \
	X(EVP_MD_CTX_free)         \
	X(EVP_MD_CTX_new)          \
	X(EVP_MD_fetch)            \
	X(EVP_MD_free)             \
	X(X509_free)               \
	X(X509_get0_pubkey)        \
	X(d2i_X509)

#define LIBCRYPTO_POINTER(name) __typeof__(&name) name;

struct libcrypto {
	LIBCRYPTO_FUNCTIONS(LIBCRYPTO_POINTER)
};

/* Loads the library, once. KIMG_E_UNSUPPORTED where it is not installed; then there is no *ret. */
struct kimg_error *libcrypto_load(const struct libcrypto **ret) must_check;

#endif
