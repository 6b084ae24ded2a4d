"""The worker's UDP socket: batches of datagrams in (recvmmsg, UDP_GRO) and out (sendmmsg, UDP_SEGMENT)."""

from libc.stddef cimport size_t
from libc.stdint cimport int32_t, uint8_t, uint16_t, uint32_t, uint64_t

from sfu._state cimport counters, local_address, transport
from sfu._stun cimport sockaddr_storage

cdef extern from "sys/socket.h" nogil:
    """
    #include <netinet/in.h>
    #include <netinet/udp.h>
    #include <sys/uio.h>
    #ifndef UDP_SEGMENT
    #define UDP_SEGMENT 103
    #endif
    #ifndef UDP_GRO
    #define UDP_GRO 104
    #endif
    #ifndef SOL_UDP
    #define SOL_UDP 17
    #endif
    """
    cdef struct iovec:
        void *iov_base
        size_t iov_len
    cdef struct msghdr:
        void *msg_name
        unsigned int msg_namelen
        iovec *msg_iov
        size_t msg_iovlen
        void *msg_control
        size_t msg_controllen
        int msg_flags
    cdef struct mmsghdr:
        msghdr msg_hdr
        unsigned int msg_len

cdef enum:
    RECEIVES = 32                # messages of one recvmmsg
    RECEIVE_BYTES = 65536        # of one message: a whole UDP_GRO train
    SENDS = 512                  # messages of one sendmmsg
    ARENA = 1 << 20              # bytes of one sendmmsg
    MAX_RUN = 60                 # segments of one message; the kernel's bound is 64
    MAX_PACKET = 1600            # longest packet ever sent
    CONTROL = 128                # bytes of ancillary data of one message

cdef struct receive_batch:
    mmsghdr messages[RECEIVES]
    iovec vectors[RECEIVES]
    sockaddr_storage sources[RECEIVES]
    uint8_t control[RECEIVES][CONTROL]
    uint8_t *bytes

cdef struct send_batch:
    int fd
    bint segmentation            # UDP_SEGMENT works here
    counters *count
    mmsghdr messages[SENDS]
    iovec vectors[SENDS]
    uint8_t control[SENDS][CONTROL]
    transport *to[SENDS]
    uint16_t segment[SENDS]      # size of each segment but the last
    uint16_t segments[SENDS]
    bint closed[SENDS]           # its last segment is shorter: nothing can follow
    int32_t used
    uint8_t *arena
    size_t filled

# Opens, sizes and binds the socket. Returns the descriptor or -errno.
cdef int udp_open(const sockaddr_storage *address, uint32_t size) noexcept nogil
cdef bint receive_create(receive_batch *batch) noexcept nogil
cdef void receive_free(receive_batch *batch) noexcept nogil
# Takes what is there without waiting; returns the number of messages, 0 when there was nothing.
cdef int receive(receive_batch *batch, int fd) noexcept nogil
# Size of the segments of message `i` (the last may be shorter), and the local address it came to.
cdef uint32_t receive_segment(receive_batch *batch, int i, local_address *local) noexcept nogil

cdef bint send_create(send_batch *batch, int fd, counters *count) noexcept nogil
cdef void send_free(send_batch *batch) noexcept nogil
cdef void send_flush(send_batch *batch) noexcept nogil

# Room for one packet of up to MAX_PACKET bytes.
cdef inline uint8_t *send_reserve(send_batch *batch) noexcept nogil:
    if batch.filled + MAX_PACKET > ARENA or batch.used == SENDS:
        send_flush(batch)
    return batch.arena + batch.filled

# The packet written at send_reserve's address goes to `to`. Stands beside the packet before it when that goes there too.
cdef inline void send_commit(send_batch *batch, transport *to, size_t size) noexcept nogil:
    cdef int32_t last = batch.used - 1
    if (batch.segmentation and last >= 0 and batch.to[last] == to and not batch.closed[last]
            and size <= batch.segment[last] and batch.segments[last] < MAX_RUN
            and batch.vectors[last].iov_len + size <= 65000):
        batch.vectors[last].iov_len += size
        batch.segments[last] += 1
        batch.closed[last] = size < batch.segment[last]
    else:
        last = batch.used
        batch.used += 1
        batch.to[last] = to
        batch.vectors[last].iov_base = batch.arena + batch.filled
        batch.vectors[last].iov_len = size
        batch.segment[last] = <uint16_t>size
        batch.segments[last] = 1
        batch.closed[last] = False
    batch.filled += size
    batch.count.packets_out += 1
    batch.count.bytes_out += size

# Sends one datagram at once, from `local` to an address that need not be any transport's. False when it was refused.
cdef bint send_now(int fd, const void *data, size_t size, const sockaddr_storage *to, uint32_t to_size,
                   const local_address *local) noexcept nogil
# Sends `size` bytes at `data` on their own.
cdef void send_copy(send_batch *batch, transport *to, const uint8_t *data, size_t size) noexcept nogil
