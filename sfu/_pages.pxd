"""Memory that is pages of its own: what is written to it is there, and all of it is the kernel's again when it is given back.

A heap keeps the pages of what was freed for what comes next, and small things that live longer hold them fast. What is large
and comes and goes with people (packet caches) would leave it as large as the busiest moment made it.
"""

from libc.stddef cimport size_t

cdef extern from *:
    """
    #include <stdlib.h>
    #include <sys/mman.h>

    #ifndef __has_feature
    #define __has_feature(x) 0
    #endif
    #if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
    /* The sanitizer watches the ends of what malloc gives, and knows nothing of mappings. */
    static inline void *pages_take(size_t size) { return calloc(1, size); }
    static inline void pages_give_back(void *pages, size_t size) { (void)size; free(pages); }
    #else
    static inline void *pages_take(size_t size) {
        void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        return pages == MAP_FAILED ? NULL : pages;
    }
    static inline void pages_give_back(void *pages, size_t size) { munmap(pages, size); }
    #endif
    """
    # Zeroes; NULL when there is no memory. Threads may take and give back at once.
    void *pages_take(size_t size) noexcept nogil
    # All of what was taken at once.
    void pages_give_back(void *pages, size_t size) noexcept nogil
