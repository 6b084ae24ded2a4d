"""AES-128-GCM by function pointers out of libraries that are there already.

"evp"       OpenSSL 3.5 as it stands inside pylibsrtp's wheel, through EVP: contexts are kept, each packet resets
            the IV.
"ipsec-mb"  Intel's multi-buffer library (Debian: libipsec-mb1). Its single-call GCM needs no job manager, so only two functions
            are looked up: the expansion of a key and the encryption.

Only sealing is here: nothing in the speed-of-light program opens a packet.
"""

from libc.stddef cimport size_t
from libc.stdint cimport uint8_t, uint64_t
from libc.stdlib cimport free

import pylibsrtp._binding

cdef extern from "dlfcn.h" nogil:
    void *dlopen(const char *path, int flags)
    void *dlsym(void *library, const char *name)
    const int RTLD_NOW
    const int RTLD_LOCAL

cdef extern from "stdlib.h" nogil:
    void *aligned_alloc(size_t alignment, size_t size)

cdef extern from *:
    """
    #if defined(__x86_64__)
    #define SFERA_CPU(feature) (__builtin_cpu_init(), __builtin_cpu_supports(feature) != 0)
    #else
    #define SFERA_CPU(feature) 0
    #endif
    static int sfera_has_vaes_avx512(void) {
        return SFERA_CPU("vaes") && SFERA_CPU("vpclmulqdq") && SFERA_CPU("avx512f") && SFERA_CPU("avx512vl")
            && SFERA_CPU("avx512bw") && SFERA_CPU("avx512dq");
    }
    static int sfera_has_avx2_aes(void) {
        return SFERA_CPU("aes") && SFERA_CPU("pclmul") && SFERA_CPU("avx2");
    }
    """
    bint sfera_has_vaes_avx512()
    bint sfera_has_avx2_aes()

cdef enum:
    EVP_CTRL_AEAD_GET_TAG = 0x10
    IPSEC_KEY_SIZE = 1024             # struct gcm_key_data of libIPSec_MB.so.1 is 1008 bytes, aligned to 64
    IPSEC_CONTEXT_WORDS = 16          # struct gcm_context_data is 88 bytes

# --- OpenSSL -----------------------------------------------------------------------------------------------------------

ctypedef const void *(*evp_cipher_function)() noexcept nogil
ctypedef void *(*evp_new_function)() noexcept nogil
ctypedef void (*evp_free_function)(void *context) noexcept nogil
ctypedef int (*evp_init_function)(void *context, const void *cipher, void *engine,
                                  const uint8_t *key, const uint8_t *iv) noexcept nogil
ctypedef int (*evp_update_function)(void *context, uint8_t *out, int *size, const uint8_t *data, int data_size) noexcept nogil
ctypedef int (*evp_final_function)(void *context, uint8_t *out, int *size) noexcept nogil
ctypedef int (*evp_ctrl_function)(void *context, int what, int number, void *pointer) noexcept nogil

cdef struct evp_table:
    evp_cipher_function aes_128_gcm
    evp_new_function new
    evp_free_function free
    evp_init_function init
    evp_update_function update
    evp_final_function final
    evp_ctrl_function ctrl

cdef evp_table evp


cdef bint evp_seal(void *key, const uint8_t *iv, const uint8_t *aad, size_t aad_size,
                   const uint8_t *plain, uint8_t *out, size_t size) noexcept nogil:
    cdef int n = 0
    return (
        evp.init(key, NULL, NULL, NULL, iv) == 1
        and evp.update(key, NULL, &n, aad, <int>aad_size) == 1
        and evp.update(key, out, &n, plain, <int>size) == 1
        and evp.final(key, out + size, &n) == 1
        and evp.ctrl(key, EVP_CTRL_AEAD_GET_TAG, TAG_SIZE, out + size) == 1
    )


cdef void evp_close(void *key) noexcept nogil:
    evp.free(key)


cdef bint evp_load() except -1:
    cdef bytes path = pylibsrtp._binding.__file__.encode()
    cdef void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL)
    if library == NULL:
        return False
    evp.aes_128_gcm = <evp_cipher_function>dlsym(library, b"EVP_aes_128_gcm")
    evp.new = <evp_new_function>dlsym(library, b"EVP_CIPHER_CTX_new")
    evp.free = <evp_free_function>dlsym(library, b"EVP_CIPHER_CTX_free")
    evp.init = <evp_init_function>dlsym(library, b"EVP_EncryptInit_ex")
    evp.update = <evp_update_function>dlsym(library, b"EVP_EncryptUpdate")
    evp.final = <evp_final_function>dlsym(library, b"EVP_EncryptFinal_ex")
    evp.ctrl = <evp_ctrl_function>dlsym(library, b"EVP_CIPHER_CTX_ctrl")
    return (
        evp.aes_128_gcm != NULL and evp.new != NULL and evp.free != NULL and evp.init != NULL
        and evp.update != NULL and evp.final != NULL and evp.ctrl != NULL
    )

# --- Intel ipsec-mb ----------------------------------------------------------------------------------------------------

ctypedef void (*ipsec_expand_function)(const void *key, void *expanded) noexcept nogil
ctypedef void (*ipsec_seal_function)(const void *key, void *context, uint8_t *out, const uint8_t *data, uint64_t size,
                                     const uint8_t *iv, const uint8_t *aad, uint64_t aad_size,
                                     uint8_t *tag, uint64_t tag_size) noexcept nogil

cdef struct ipsec_table:
    ipsec_expand_function expand
    ipsec_seal_function seal

cdef ipsec_table ipsec


cdef bint ipsec_seal(void *key, const uint8_t *iv, const uint8_t *aad, size_t aad_size,
                     const uint8_t *plain, uint8_t *out, size_t size) noexcept nogil:
    cdef uint64_t context[IPSEC_CONTEXT_WORDS]
    ipsec.seal(key, context, out, plain, size, iv, aad, aad_size, out + size, TAG_SIZE)
    return True


cdef void ipsec_close(void *key) noexcept nogil:
    free(key)


cdef bint ipsec_load() except -1:
    cdef void *library = dlopen(b"libIPSec_MB.so.1", RTLD_NOW | RTLD_LOCAL)
    if library == NULL:
        return False
    if sfera_has_vaes_avx512():
        ipsec.expand = <ipsec_expand_function>dlsym(library, b"aes_gcm_pre_128_vaes_avx512")
        ipsec.seal = <ipsec_seal_function>dlsym(library, b"aes_gcm_enc_128_vaes_avx512")
    elif sfera_has_avx2_aes():
        ipsec.expand = <ipsec_expand_function>dlsym(library, b"aes_gcm_pre_128_avx_gen4")
        ipsec.seal = <ipsec_seal_function>dlsym(library, b"aes_gcm_enc_128_avx_gen4")
    return ipsec.expand != NULL and ipsec.seal != NULL

# -----------------------------------------------------------------------------------------------------------------------

cdef dict _present = {"evp": evp_load(), "ipsec-mb": ipsec_load()}


def backends() -> list[str]:
    """Names of the libraries that were found and work on this processor."""
    return [name for name, present in _present.items() if present]


cdef class Aead:
    def __init__(self, name: str) -> None:
        """Raises `LookupError` when the library `name` is not there."""
        if not _present.get(name, False):
            raise LookupError(name)
        self.name = name
        self.seal = evp_seal if name == "evp" else ipsec_seal
        self.close = evp_close if name == "evp" else ipsec_close

    cdef void *open(self, const uint8_t *key) except NULL:
        cdef void *opened
        if self.seal is ipsec_seal:
            opened = aligned_alloc(64, IPSEC_KEY_SIZE)
            if opened == NULL:
                raise MemoryError
            ipsec.expand(key, opened)
            return opened
        opened = evp.new()
        if opened == NULL:
            raise MemoryError
        if evp.init(opened, evp.aes_128_gcm(), NULL, key, NULL) != 1:
            evp.free(opened)
            raise ValueError("OpenSSL refused the key")
        return opened

    def seal_once(self, key: bytes, iv: bytes, aad: bytes, plain: bytes) -> bytes:
        """Ciphertext and tag of one message: what tests compare with another library. Raises `ValueError` on wrong sizes."""
        if len(key) != KEY_SIZE or len(iv) != IV_SIZE:
            raise ValueError("the key has 16 bytes and the IV 12")
        cdef bytearray out = bytearray(len(plain) + TAG_SIZE)
        cdef void *opened = self.open(key)
        try:
            if not self.seal(opened, iv, aad, len(aad), plain, out, len(plain)):
                raise ValueError("the library refused to seal")
        finally:
            self.close(opened)
        return bytes(out)
