"""AES-128-GCM sealing with a key that is kept, over the fastest library of this machine.

"ipsec-mb"  Intel's multi-buffer library where it is installed (Debian: libipsec-mb1) and the processor has what it needs. One
            call a packet, no state between calls: half of what EVP costs. Looked up when the module is imported, so that one
            build runs with it and without.
"evp"       OpenSSL as it stands inside pylibsrtp's wheel: a context is kept for each key, a packet resets its IV.

A library is taken only when it seals a vector of RFC 7714 as the RFC has it.
"""

from libc.stdint cimport uint64_t
from libc.stdlib cimport free
from libc.string cimport memcpy

from sfu._crypto cimport crypto, crypto_api

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
    #define SFERA_CPU_HAS(feature) (__builtin_cpu_init(), __builtin_cpu_supports(feature) != 0)
    #else
    #define SFERA_CPU_HAS(feature) 0
    #endif
    static int sfera_vaes_avx512(void) {
        return SFERA_CPU_HAS("vaes") && SFERA_CPU_HAS("vpclmulqdq") && SFERA_CPU_HAS("avx512f")
            && SFERA_CPU_HAS("avx512vl") && SFERA_CPU_HAS("avx512bw") && SFERA_CPU_HAS("avx512dq");
    }
    static int sfera_avx2_aes(void) {
        return SFERA_CPU_HAS("aes") && SFERA_CPU_HAS("pclmul") && SFERA_CPU_HAS("avx2");
    }
    """
    bint sfera_vaes_avx512()
    bint sfera_avx2_aes()

cdef enum:
    IPSEC_KEY_BYTES = 2048             # struct gcm_key_data of version 1.3 has 1008, aligned to 64; later ones may grow
    IPSEC_KEY_READ = 960               # round keys and powers of the hash key
    IPSEC_CONTEXT_WORDS = 32           # struct gcm_context_data has 88 bytes

# --- ipsec-mb ----------------------------------------------------------------------------------------------------------

ctypedef void (*ipsec_expand_function)(const void *secret, void *key) noexcept nogil
ctypedef void (*ipsec_seal_function)(const void *key, void *context, uint8_t *out, const uint8_t *plain, uint64_t size,
                                     const uint8_t *iv, const uint8_t *header, uint64_t header_size,
                                     uint8_t *tag, uint64_t tag_size) noexcept nogil

cdef ipsec_expand_function ipsec_expand = NULL
cdef ipsec_seal_function ipsec_seal_call = NULL
cdef ipsec_seal_function ipsec_open_call = NULL        # of the same form


cdef bint ipsec_seal(void *key, const uint8_t *iv, const uint8_t *header, size_t header_size,
                     const uint8_t *plain, uint8_t *out, size_t size) noexcept nogil:
    cdef uint64_t context[IPSEC_CONTEXT_WORDS]
    ipsec_seal_call(key, context, out, plain, size, iv, header, header_size, out + size, GCM_TAG)
    return True


cdef bint ipsec_open(void *key, const uint8_t *iv, const uint8_t *header, size_t header_size,
                     const uint8_t *sealed, uint8_t *out, size_t size) noexcept nogil:
    cdef uint64_t context[IPSEC_CONTEXT_WORDS]
    cdef uint8_t came[GCM_TAG]
    cdef uint8_t tag[GCM_TAG]
    cdef uint8_t differs = 0
    cdef int i
    memcpy(came, sealed + size, GCM_TAG)
    ipsec_open_call(key, context, out, sealed, size, iv, header, header_size, tag, GCM_TAG)
    for i in range(GCM_TAG):                           # all of it, however early it differs
        differs |= came[i] ^ tag[i]
    return differs == 0


cdef void ipsec_free(void *key) noexcept nogil:
    free(key)


cdef bint ipsec_load() except -1:
    global ipsec_expand, ipsec_seal_call, ipsec_open_call
    cdef void *library = dlopen(b"libIPSec_MB.so.1", RTLD_NOW | RTLD_LOCAL)
    if library is NULL:
        return False
    if sfera_vaes_avx512():
        ipsec_expand = <ipsec_expand_function>dlsym(library, b"aes_gcm_pre_128_vaes_avx512")
        ipsec_seal_call = <ipsec_seal_function>dlsym(library, b"aes_gcm_enc_128_vaes_avx512")
        ipsec_open_call = <ipsec_seal_function>dlsym(library, b"aes_gcm_dec_128_vaes_avx512")
    elif sfera_avx2_aes():
        ipsec_expand = <ipsec_expand_function>dlsym(library, b"aes_gcm_pre_128_avx_gen4")
        ipsec_seal_call = <ipsec_seal_function>dlsym(library, b"aes_gcm_enc_128_avx_gen4")
        ipsec_open_call = <ipsec_seal_function>dlsym(library, b"aes_gcm_dec_128_avx_gen4")
    return ipsec_expand is not NULL and ipsec_seal_call is not NULL and ipsec_open_call is not NULL


cdef void *ipsec_key(bytes secret) except NULL:
    cdef void *key = aligned_alloc(64, IPSEC_KEY_BYTES)
    if key is NULL:
        raise MemoryError
    ipsec_expand(<const char *>secret, key)
    return key

# --- EVP ---------------------------------------------------------------------------------------------------------------

cdef crypto_api api = crypto()[0]

# OSSL_PARAM (openssl/core.h): asking for the tag by its name spares OpenSSL the translation of an old control code.
cdef struct ossl_param:
    const char *name
    unsigned int kind
    void *data
    size_t size
    size_t returned

cdef enum:
    OSSL_PARAM_OCTET_STRING = 5


cdef bint evp_seal(void *key, const uint8_t *iv, const uint8_t *header, size_t header_size,
                   const uint8_t *plain, uint8_t *out, size_t size) noexcept nogil:
    cdef int n = 0
    cdef ossl_param asked[2]
    asked[0].name = "tag"
    asked[0].kind = OSSL_PARAM_OCTET_STRING
    asked[0].data = out + size
    asked[0].size = GCM_TAG
    asked[0].returned = 0
    asked[1].name = NULL
    return (
        api.encrypt_init(key, NULL, NULL, NULL, iv) == 1
        and api.encrypt_update(key, NULL, &n, header, <int>header_size) == 1
        and api.encrypt_update(key, out, &n, plain, <int>size) == 1
        and api.encrypt_final(key, out + size, &n) == 1
        and api.cipher_get_params(key, asked) == 1
    )


cdef void evp_free(void *key) noexcept nogil:
    api.cipher_free(key)


cdef void *evp_key(bytes secret) except NULL:
    cdef void *key = api.cipher_new()
    if key is NULL:
        raise MemoryError
    if api.encrypt_init(key, api.aes_128_gcm(), NULL, <const uint8_t *><const char *>secret, NULL) != 1:
        api.cipher_free(key)
        raise ValueError("OpenSSL refuses AES-128-GCM")
    return key

# -----------------------------------------------------------------------------------------------------------------------

cdef int gcm_key_make(gcm_key *key, str backend, bytes secret) except -1:
    if len(secret) != 16:
        raise ValueError("AES-128 takes a key of 16 bytes")
    if backend == "ipsec-mb":
        key.state, key.seal, key.free = ipsec_key(secret), ipsec_seal, ipsec_free
        key.open, key.bytes = ipsec_open, IPSEC_KEY_READ
    else:
        key.state, key.seal, key.free = evp_key(secret), evp_seal, evp_free
        key.open, key.bytes = NULL, 0
    return 0


def seal(backend: str, secret: bytes, iv: bytes, header: bytes, plain: bytes) -> bytes:
    """Ciphertext and tag of one message: for the check below, and for tests against other libraries."""
    cdef gcm_key key
    cdef bytearray out = bytearray(len(plain) + GCM_TAG)
    if len(iv) != 12:
        raise ValueError("an IV has 12 bytes")
    gcm_key_make(&key, backend, secret)
    sealed = key.seal(key.state, iv, header, len(header), plain, out, len(plain))
    key.free(key.state)
    if not sealed:
        raise ValueError(f"{backend} does not seal")
    return bytes(out)


def seals_as_the_rfc_says(backend: str) -> bool:
    """Whether a library gives the packet of RFC 7714 section 16.1.1."""
    plain = b"Gallia est omnis divisa in partes tres"
    sealed = seal(backend, bytes(range(16)), bytes.fromhex("51753c6580c2726f20718414"),
                  bytes.fromhex("8040f17b8041f8d35501a0b2"), plain)
    return sealed.hex() == (
        "f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833"
        "899d7f27beb16a9152cf765ee4390cce"
    )


# The fastest first.
BACKENDS = tuple(
    name for name, present in (("ipsec-mb", ipsec_load()), ("evp", api.has_evp)) if present and seals_as_the_rfc_says(name)
)
