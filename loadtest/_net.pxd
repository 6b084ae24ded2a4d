"""The socket calls of loads and benchmarks: many datagrams a call, many segments a datagram (Linux UDP_SEGMENT and
UDP_GRO)."""

from libc.stddef cimport size_t
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t

cdef extern from "sys/socket.h" nogil:
    ctypedef unsigned int socklen_t
    cdef struct iovec:
        void *iov_base
        size_t iov_len
    cdef struct msghdr:
        void *msg_name
        socklen_t msg_namelen
        iovec *msg_iov
        size_t msg_iovlen
        void *msg_control
        size_t msg_controllen
        int msg_flags
    cdef struct mmsghdr:
        msghdr msg_hdr
        unsigned int msg_len
    cdef struct cmsghdr:
        size_t cmsg_len
        int cmsg_level
        int cmsg_type
    int sendmmsg(int fd, mmsghdr *messages, unsigned int count, int flags)
    int recvmmsg(int fd, mmsghdr *messages, unsigned int count, int flags, void *timeout)
    ssize_t recv(int fd, void *data, size_t size, int flags)
    ssize_t send(int fd, const void *data, size_t size, int flags)
    int setsockopt(int fd, int level, int name, const void *value, socklen_t size)
    cmsghdr *CMSG_FIRSTHDR(msghdr *message)
    cmsghdr *CMSG_NXTHDR(msghdr *message, cmsghdr *previous)
    unsigned char *CMSG_DATA(cmsghdr *control)
    size_t CMSG_SPACE(size_t size)
    size_t CMSG_LEN(size_t size)
    const int MSG_DONTWAIT
    const int MSG_TRUNC
    const int SOL_SOCKET
    const int SO_TIMESTAMPNS
    const int SO_RXQ_OVFL
    const int SO_RCVBUF
    const int SO_RCVBUFFORCE
    const int SO_SNDBUF
    const int SO_SNDBUFFORCE
    const int AF_INET

cdef extern from "netinet/in.h" nogil:
    cdef struct in_addr:
        uint32_t s_addr
    cdef struct sockaddr_in:
        unsigned short sin_family
        uint16_t sin_port
        in_addr sin_addr
    const int IPPROTO_UDP
    uint16_t htons(uint16_t value)

cdef extern from "linux/udp.h" nogil:
    const int UDP_SEGMENT
    const int UDP_GRO

cdef extern from "arpa/inet.h" nogil:
    int inet_pton(int family, const char *text, void *out)

cdef extern from "endian.h" nogil:
    uint16_t htobe16(uint16_t value)
    uint32_t htobe32(uint32_t value)
    uint64_t htobe64(uint64_t value)

cdef extern from "time.h" nogil:
    cdef struct timespec:
        int64_t tv_sec
        long tv_nsec
    int clock_gettime(int clock, timespec *out)
    int nanosleep(const timespec *request, timespec *rest)
    const int CLOCK_MONOTONIC
    const int CLOCK_REALTIME
    const int CLOCK_THREAD_CPUTIME_ID


cdef inline int64_t clock_ns(int clock) noexcept nogil:
    """The clock's time in nanoseconds."""
    cdef timespec now
    clock_gettime(clock, &now)
    return now.tv_sec * 1000000000 + now.tv_nsec


cdef inline int address_of(const char *host, int port, sockaddr_in *out) noexcept nogil:
    """Fills an IPv4 address; 0 when `host` is not one."""
    out.sin_family = <unsigned short>AF_INET
    out.sin_port = htons(<uint16_t>port)
    return inet_pton(AF_INET, host, &out.sin_addr) == 1


cdef inline void put_segment(msghdr *message, uint8_t *control, uint16_t size) noexcept nogil:
    """Asks the kernel to cut the message into datagrams of `size` bytes. `control`: room for CMSG_SPACE(2), aligned to 8."""
    cdef cmsghdr *head
    message.msg_control = control
    message.msg_controllen = CMSG_SPACE(sizeof(uint16_t))
    head = CMSG_FIRSTHDR(message)
    head.cmsg_level = IPPROTO_UDP
    head.cmsg_type = UDP_SEGMENT
    head.cmsg_len = CMSG_LEN(sizeof(uint16_t))
    (<uint16_t *>CMSG_DATA(head))[0] = size
