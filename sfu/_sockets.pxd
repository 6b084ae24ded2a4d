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
    SOME = 96 << 10              # bytes that are sent before more are written, so that they are in the cache still
    MAX_RUN = 60                 # segments of one message; the kernel's bound is 64
    MAX_BYTES = 65000            # of one message
    PARTS = 4                    # places of the arena that one message may be gathered from
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
    iovec vectors[SENDS][PARTS]
    uint8_t control[SENDS][CONTROL]
    transport *to[SENDS]
    uint16_t segment[SENDS]      # size of each segment but the last
    uint16_t segments[SENDS]
    uint16_t size[SENDS]         # of all of them
    uint8_t parts[SENDS]
    bint closed[SENDS]           # its last segment is shorter: nothing can follow
    bint reports[SENDS]          # it holds RTCP, and no media
    int32_t used
    uint64_t serial              # of this batch, by which a transport knows whether a message of it waits for it
    uint8_t *arena
    size_t filled

# Opens, sizes and binds the socket, `shared`: at a port that another has and shares. Returns the descriptor or -errno.
cdef int udp_open(const sockaddr_storage *address, uint32_t size, bint shared) noexcept nogil
# A second socket at the port of `fd`, to which RTCP comes from now on (RFC 5761 section 4), and what looks like it. Returns the
# descriptor, or -1 where the kernel cannot: all stays as it was then.
cdef int udp_open_rtcp(int fd) noexcept nogil
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

# Whether a packet of `size` bytes, next in the arena, became part of the message that waits for its receiver.
cdef inline bint send_join(send_batch *batch, int32_t last, size_t size, bint report) noexcept nogil:
    cdef iovec *part = &batch.vectors[last][batch.parts[last] - 1]
    cdef uint8_t *data = batch.arena + batch.filled
    if (not batch.segmentation or batch.closed[last] or size > batch.segment[last] or batch.segments[last] == MAX_RUN
            or batch.size[last] + size > MAX_BYTES or batch.reports[last] != report):
        return False
    if <uint8_t *>part.iov_base + part.iov_len == data:
        part.iov_len += size
    elif batch.parts[last] < PARTS:
        part += 1
        part.iov_base = data
        part.iov_len = size
        batch.parts[last] += 1
    else:
        return False
    batch.size[last] += <uint16_t>size
    batch.segments[last] += 1
    batch.closed[last] = size < batch.segment[last]
    return True

cdef inline void send_begin(send_batch *batch, transport *to, size_t size, bint report) noexcept nogil:
    cdef int32_t i = batch.used
    batch.used += 1
    batch.to[i] = to
    batch.vectors[i][0].iov_base = batch.arena + batch.filled
    batch.vectors[i][0].iov_len = size
    batch.parts[i] = 1
    batch.segment[i] = batch.size[i] = <uint16_t>size
    batch.segments[i] = 1
    batch.closed[i] = False
    batch.reports[i] = report
    to.message = i
    to.batch = batch.serial

cdef inline void send_put(send_batch *batch, transport *to, size_t size, bint report) noexcept nogil:
    if to.batch != batch.serial or not send_join(batch, to.message, size, report):
        send_begin(batch, to, size, report)
    batch.filled += size
    batch.count.packets_out += 1
    batch.count.bytes_out += size

# The packet written at send_reserve's address goes to `to`, in one message with what waits for the same receiver where that
# can be. Packets for one receiver leave in the order in which they are written.
cdef inline void send_commit(send_batch *batch, transport *to, size_t size) noexcept nogil:
    send_put(batch, to, size, False)

# The same for RTCP, which stands apart from media.
cdef inline void send_report(send_batch *batch, transport *to, size_t size) noexcept nogil:
    send_put(batch, to, size, True)

# Sends what waits, if it is more than so many times SOME. Not between packets for one receiver: they may leave as one message.
cdef inline void send_some(send_batch *batch, int32_t times) noexcept nogil:
    if batch.filled >= <size_t>SOME * <size_t>times:
        send_flush(batch)

# Sends one datagram at once, from `local` to an address that need not be any transport's. False when it was refused.
cdef bint send_now(int fd, const void *data, size_t size, const sockaddr_storage *to, uint32_t to_size,
                   const local_address *local) noexcept nogil
# Sends `size` bytes at `data` on their own.
cdef void send_copy(send_batch *batch, transport *to, const uint8_t *data, size_t size) noexcept nogil
