"""The processor's cache, where it decides what a packet costs: memory that begins at a line of it, and lines asked for before
they are needed.

Everything a receiver has lies apart from the next one's, and with many receivers little of it is still in the cache when the
next packet comes. What is asked for while the one before is being sealed is there in time.
"""

from libc.stddef cimport size_t

cdef extern from *:
    """
    #include <stdlib.h>
    #include <string.h>

    #define SFERA_LINE ((size_t)64)

    static inline void *lines_take(size_t size) {
        void *memory = aligned_alloc(SFERA_LINE, (size + SFERA_LINE - 1) & ~(SFERA_LINE - 1));
        return memory == NULL ? NULL : memset(memory, 0, size);
    }
    /* GCC takes a function that does nothing but prefetch for one that does nothing, and leaves its calls out; not so with
       an asm that it cannot look into. */
    static inline void lines_ask(const void *memory, size_t size) {
        const char *at = (const char *)memory;
        for (size_t i = 0; i < size; i += SFERA_LINE) {
            __builtin_prefetch(at + i, 1);
            __asm__ volatile("");
        }
    }
    """
    # Zeroes, for free(); NULL when there is no memory.
    void *lines_take(size_t size) noexcept nogil
    # The lines of `size` bytes from there will be written or read soon. A wrong address does no harm.
    void lines_ask(const void *memory, size_t size) noexcept nogil
