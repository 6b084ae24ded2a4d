"""Addresses of the crypto functions inside pylibsrtp's own libsrtp and OpenSSL, callable without the GIL.

The wheel links libsrtp and OpenSSL into one extension module and exports their names; reading them with dlsym
means that this package compiles with a C compiler and nothing else. The names are the wheel's private matter,
so its version is pinned and the import of this module fails loudly when one is missing.
"""

from pylibsrtp import _binding

cdef extern from "dlfcn.h" nogil:
    void *dlopen(const char *path, int flags)
    void *dlsym(void *library, const char *name)
    const int RTLD_NOW
    const int RTLD_LOCAL

cdef crypto_api api


cdef const crypto_api *crypto() noexcept nogil:
    return &api


cdef void *required(void *library, bytes name) except NULL:
    cdef void *found = dlsym(library, name)
    if found is NULL:
        raise ImportError(f"pylibsrtp's extension does not export {name.decode()}: install the pinned version")
    return found


cdef int load() except -1:
    cdef void *library = dlopen(_binding.__file__.encode(), RTLD_NOW | RTLD_LOCAL)
    if library is NULL:
        raise ImportError("pylibsrtp's extension cannot be opened")
    api.protect = <srtp_function>required(library, b"srtp_protect")
    api.unprotect = <srtp_function>required(library, b"srtp_unprotect")
    api.protect_rtcp = <srtp_function>required(library, b"srtp_protect_rtcp")
    api.unprotect_rtcp = <srtp_function>required(library, b"srtp_unprotect_rtcp")
    api.remove_stream = <int (*)(void *, unsigned int) noexcept nogil>required(library, b"srtp_remove_stream")
    api.sha1 = <const void *(*)() noexcept nogil>required(library, b"EVP_sha1")
    api.hmac = <hmac_function>required(library, b"HMAC")
    try:
        load_evp(library)
        load_sha1(library)
    except ImportError:
        pass
    return 0


cdef int load_evp(void *library) except -1:
    api.cipher_new = <void *(*)() noexcept nogil>required(library, b"EVP_CIPHER_CTX_new")
    api.cipher_free = <void (*)(void *) noexcept nogil>required(library, b"EVP_CIPHER_CTX_free")
    api.aes_128_gcm = <const void *(*)() noexcept nogil>required(library, b"EVP_aes_128_gcm")
    api.aes_128_ctr = <const void *(*)() noexcept nogil>required(library, b"EVP_aes_128_ctr")
    api.encrypt_init = <init_function>required(library, b"EVP_EncryptInit_ex")
    api.encrypt_update = <update_function>required(library, b"EVP_EncryptUpdate")
    api.encrypt_final = <int (*)(void *, uint8_t *, int *) noexcept nogil>required(library, b"EVP_EncryptFinal_ex")
    api.cipher_get_params = <int (*)(void *, void *) noexcept nogil>required(library, b"EVP_CIPHER_CTX_get_params")
    api.has_evp = True
    return 0


cdef int load_sha1(void *library) except -1:
    api.sha1_init = <int (*)(void *) noexcept nogil>required(library, b"SHA1_Init")
    api.sha1_update = <int (*)(void *, const void *, size_t) noexcept nogil>required(library, b"SHA1_Update")
    api.sha1_final = <int (*)(uint8_t *, void *) noexcept nogil>required(library, b"SHA1_Final")
    api.has_sha1 = True
    return 0


load()
