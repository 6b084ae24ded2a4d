"""The worker's UDP socket: batches of datagrams in (recvmmsg, UDP_GRO) and out (sendmmsg, UDP_SEGMENT).

A batch of sends is one arena of bytes; packets for one receiver that follow each other and have equal sizes (but for a last
shorter one) leave as one message that the kernel splits, wherever in the arena they lie: several cameras' frames of one
turn, a voice behind a picture. One packet alone is sent plain: that is cheaper.
"""

from libc.errno cimport EAGAIN, EINTR, EIO, EINVAL, ENOBUFS, errno
from libc.stdint cimport uint64_t
from libc.stdlib cimport free, malloc
from libc.string cimport memcmp, memcpy, memset

cdef extern from "sys/socket.h" nogil:
    int socket(int domain, int type, int protocol)
    cdef struct sockaddr:
        pass
    int bind(int fd, const sockaddr *address, unsigned int size)
    int getsockname(int fd, sockaddr *address, unsigned int *size)
    int setsockopt(int fd, int level, int name, const void *value, unsigned int size)
    int sendmmsg(int fd, mmsghdr *messages, unsigned int count, int flags)
    int recvmmsg(int fd, mmsghdr *messages, unsigned int count, int flags, void *timeout)
    const int SOCK_DGRAM, SOCK_NONBLOCK, SOCK_CLOEXEC, SOL_SOCKET, SO_RCVBUF, SO_SNDBUF, MSG_DONTWAIT, AF_INET6
    const int SO_RCVBUFFORCE, SO_SNDBUFFORCE, IPPROTO_IPV6, IPV6_V6ONLY, SO_REUSEPORT, SO_ATTACH_REUSEPORT_CBPF
    const int SOL_UDP, UDP_SEGMENT, UDP_GRO, IPPROTO_IP, IP_PKTINFO, IPV6_PKTINFO, IPV6_RECVPKTINFO
    cdef struct in_addr:
        unsigned int s_addr
    cdef struct in6_addr:
        unsigned char s6_addr[16]
    cdef struct sockaddr_in:
        in_addr sin_addr
    cdef struct sockaddr_in6:
        in6_addr sin6_addr
    cdef struct in_pktinfo:
        int ipi_ifindex
        in_addr ipi_spec_dst
        in_addr ipi_addr
    cdef struct in6_pktinfo:
        in6_addr ipi6_addr
        unsigned int ipi6_ifindex
    long sendmsg(int fd, const msghdr *message, int flags)
    cdef struct cmsghdr:
        size_t cmsg_len
        int cmsg_level
        int cmsg_type
    cmsghdr *CMSG_FIRSTHDR(msghdr *header)
    cmsghdr *CMSG_NXTHDR(msghdr *header, cmsghdr *previous)
    unsigned char *CMSG_DATA(cmsghdr *control)
    size_t CMSG_SPACE(size_t size)
    size_t CMSG_LEN(size_t size)

cdef extern from "linux/filter.h" nogil:
    cdef struct sock_filter:
        uint16_t code
        uint8_t jt
        uint8_t jf
        uint32_t k
    cdef struct sock_fprog:
        unsigned short len
        sock_filter *filter
    const int BPF_LD, BPF_B, BPF_ABS, BPF_JMP, BPF_JGE, BPF_JGT, BPF_K, BPF_RET

cdef extern from "poll.h" nogil:
    cdef struct pollfd:
        int fd
        short events
        short revents
    int poll(pollfd *fds, unsigned long count, int timeout)
    const int POLLOUT

cdef extern from "unistd.h" nogil:
    int close(int fd)

cdef enum:
    BUFFER_BYTES = 16 << 20      # of the socket, each way
    SEND_WAITS = 20              # milliseconds a full socket is waited for before packets are given up


cdef void size_buffer(int fd, int forced, int plain) noexcept nogil:
    cdef int size = BUFFER_BYTES
    if setsockopt(fd, SOL_SOCKET, forced, &size, sizeof(size)) != 0:
        setsockopt(fd, SOL_SOCKET, plain, &size, sizeof(size))


cdef bint is_wildcard(const sockaddr_storage *address) noexcept nogil:
    cdef in6_addr none
    memset(&none, 0, sizeof(none))
    if address.ss_family == AF_INET6:
        return memcmp(&(<const sockaddr_in6 *>address).sin6_addr, &none, sizeof(in6_addr)) == 0
    return (<const sockaddr_in *>address).sin_addr.s_addr == 0


cdef void ask_for_local_address(int fd, const sockaddr_storage *address) noexcept nogil:
    # A socket of one address has no other to answer from, and the kernel need not look it up for every message
    cdef int on = 1
    if not is_wildcard(address):
        return
    if address.ss_family == AF_INET6:
        setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on))
    else:
        setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on))


cdef int udp_open(const sockaddr_storage *address, uint32_t size, bint shared) noexcept nogil:
    cdef int fd = socket(address.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)
    cdef int off = 0, on = 1, failed
    if fd < 0:
        return -errno
    size_buffer(fd, SO_RCVBUFFORCE, SO_RCVBUF)
    size_buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF)
    setsockopt(fd, SOL_UDP, UDP_GRO, &on, sizeof(on))
    if address.ss_family == AF_INET6:
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off))
    if shared:
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on))
    ask_for_local_address(fd, address)
    if bind(fd, <const sockaddr *>address, size) != 0:
        failed = errno
        close(fd)
        return -failed
    return fd


cdef bint split_rtcp(int fd) noexcept nogil:
    # The second byte of what comes, from 192 to 223: to the second socket. The kernel counts from the UDP payload.
    cdef sock_filter[5] code
    cdef sock_fprog program
    code[0] = sock_filter(BPF_LD | BPF_B | BPF_ABS, 0, 0, 1)
    code[1] = sock_filter(BPF_JMP | BPF_JGE | BPF_K, 0, 2, 192)
    code[2] = sock_filter(BPF_JMP | BPF_JGT | BPF_K, 1, 0, 223)
    code[3] = sock_filter(BPF_RET | BPF_K, 0, 0, 1)
    code[4] = sock_filter(BPF_RET | BPF_K, 0, 0, 0)
    program.len = 5
    program.filter = code
    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof(program)) == 0


cdef int udp_open_rtcp(int fd) noexcept nogil:
    # The port was taken without SO_REUSEPORT, so that it is this worker's alone; only then it is shared with the second
    cdef sockaddr_storage address
    cdef unsigned int size = sizeof(address)
    cdef int on = 1, second
    if (getsockname(fd, <sockaddr *>&address, &size) != 0
            or setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) != 0):
        return -1
    second = udp_open(&address, size, True)
    if second >= 0 and not split_rtcp(fd):
        close(second)
        return -1
    return max(second, -1)


cdef bint receive_create(receive_batch *batch) noexcept nogil:
    cdef int i
    memset(batch, 0, sizeof(receive_batch))
    batch.bytes = <uint8_t *>malloc(<size_t>RECEIVES * RECEIVE_BYTES)
    if batch.bytes is NULL:
        return False
    for i in range(RECEIVES):
        batch.vectors[i].iov_base = batch.bytes + <size_t>i * RECEIVE_BYTES
        batch.vectors[i].iov_len = RECEIVE_BYTES
        batch.messages[i].msg_hdr.msg_iov = &batch.vectors[i]
        batch.messages[i].msg_hdr.msg_iovlen = 1
        batch.messages[i].msg_hdr.msg_name = &batch.sources[i]
        batch.messages[i].msg_hdr.msg_control = batch.control[i]
    return True


cdef void receive_free(receive_batch *batch) noexcept nogil:
    free(batch.bytes)
    batch.bytes = NULL


cdef int receive(receive_batch *batch, int fd) noexcept nogil:
    cdef int i, got
    for i in range(RECEIVES):
        batch.messages[i].msg_hdr.msg_namelen = sizeof(sockaddr_storage)
        batch.messages[i].msg_hdr.msg_controllen = CONTROL
    got = recvmmsg(fd, batch.messages, RECEIVES, MSG_DONTWAIT, NULL)
    return got if got > 0 else 0


cdef uint32_t receive_segment(receive_batch *batch, int i, local_address *local) noexcept nogil:
    cdef msghdr *header = &batch.messages[i].msg_hdr
    cdef cmsghdr *control = CMSG_FIRSTHDR(header)
    cdef int size = 0
    local.size = 0
    while control is not NULL:
        if control.cmsg_level == SOL_UDP and control.cmsg_type == UDP_GRO:
            memcpy(&size, CMSG_DATA(control), sizeof(int))
        elif control.cmsg_level == IPPROTO_IP and control.cmsg_type == IP_PKTINFO:
            local.size = 4
            memcpy(local.bytes, &(<in_pktinfo *>CMSG_DATA(control)).ipi_addr, 4)
        elif control.cmsg_level == IPPROTO_IPV6 and control.cmsg_type == IPV6_PKTINFO:
            local.size = 16
            memcpy(local.bytes, &(<in6_pktinfo *>CMSG_DATA(control)).ipi6_addr, 16)
        control = CMSG_NXTHDR(header, control)
    return <uint32_t>size if size > 0 else batch.messages[i].msg_len


cdef bint send_create(send_batch *batch, int fd, counters *count) noexcept nogil:
    cdef int i, off = 0
    memset(batch, 0, sizeof(send_batch))
    batch.fd = fd
    batch.count = count
    batch.arena = <uint8_t *>malloc(ARENA)
    if batch.arena is NULL:
        return False
    # A kernel without UDP_SEGMENT refuses the option; a device without checksum offload refuses the send (EIO)
    batch.segmentation = setsockopt(fd, SOL_UDP, UDP_SEGMENT, &off, sizeof(off)) == 0
    batch.serial = 1             # a transport begins with 0; the numbers last for years
    for i in range(SENDS):
        batch.messages[i].msg_hdr.msg_iov = batch.vectors[i]
    return True


cdef void send_free(send_batch *batch) noexcept nogil:
    free(batch.arena)
    batch.arena = NULL


cdef size_t write_local(cmsghdr *control, const local_address *local) noexcept nogil:
    cdef in_pktinfo v4
    cdef in6_pktinfo v6
    memset(control, 0, sizeof(cmsghdr))
    if local.size == 4:
        memset(&v4, 0, sizeof(v4))
        memcpy(&v4.ipi_spec_dst, local.bytes, 4)
        control.cmsg_level = IPPROTO_IP
        control.cmsg_type = IP_PKTINFO
        control.cmsg_len = CMSG_LEN(sizeof(v4))
        memcpy(CMSG_DATA(control), &v4, sizeof(v4))
        return CMSG_SPACE(sizeof(v4))
    memset(&v6, 0, sizeof(v6))
    memcpy(&v6.ipi6_addr, local.bytes, 16)
    control.cmsg_level = IPPROTO_IPV6
    control.cmsg_type = IPV6_PKTINFO
    control.cmsg_len = CMSG_LEN(sizeof(v6))
    memcpy(CMSG_DATA(control), &v6, sizeof(v6))
    return CMSG_SPACE(sizeof(v6))


cdef size_t write_segment(cmsghdr *control, uint16_t segment) noexcept nogil:
    memset(control, 0, sizeof(cmsghdr))
    control.cmsg_level = SOL_UDP
    control.cmsg_type = UDP_SEGMENT
    control.cmsg_len = CMSG_LEN(sizeof(uint16_t))
    memcpy(CMSG_DATA(control), &segment, sizeof(uint16_t))
    return CMSG_SPACE(sizeof(uint16_t))


cdef void address_message(send_batch *batch, int32_t i) noexcept nogil:
    cdef msghdr *header = &batch.messages[i].msg_hdr
    cdef uint8_t *control = batch.control[i]
    cdef size_t filled = 0
    header.msg_name = &batch.to[i].remote
    header.msg_namelen = batch.to[i].remote_size
    header.msg_iovlen = batch.parts[i]
    if batch.segments[i] > 1:
        filled = write_segment(<cmsghdr *>control, batch.segment[i])
    if batch.to[i].local.size:
        filled += write_local(<cmsghdr *>(control + filled), &batch.to[i].local)
    header.msg_control = control if filled else NULL
    header.msg_controllen = filled


cdef bint send_now(int fd, const void *data, size_t size, const sockaddr_storage *to, uint32_t to_size,
                   const local_address *local) noexcept nogil:
    cdef msghdr header
    cdef iovec vector
    cdef size_t control[16]      # CONTROL bytes, aligned
    memset(&header, 0, sizeof(header))
    vector.iov_base = <void *>data
    vector.iov_len = size
    header.msg_name = <void *>to
    header.msg_namelen = to_size
    header.msg_iov = &vector
    header.msg_iovlen = 1
    if local.size:
        header.msg_control = control
        header.msg_controllen = write_local(<cmsghdr *>control, local)
    return sendmsg(fd, &header, MSG_DONTWAIT) >= 0


cdef void send_split(send_batch *batch, int32_t i) noexcept nogil:
    # UDP_SEGMENT was refused: the same message, one datagram a segment. A part holds whole segments.
    cdef int32_t k
    cdef uint8_t *at
    cdef size_t left, size
    cdef mmsghdr single
    cdef iovec vector
    cdef uint16_t segments = batch.segments[i]
    batch.segments[i] = 1
    address_message(batch, i)
    batch.segments[i] = segments
    memcpy(&single, &batch.messages[i], sizeof(mmsghdr))
    single.msg_hdr.msg_iov = &vector
    single.msg_hdr.msg_iovlen = 1
    for k in range(batch.parts[i]):
        at = <uint8_t *>batch.vectors[i][k].iov_base
        left = batch.vectors[i][k].iov_len
        while left > 0:
            size = batch.segment[i] if left > batch.segment[i] else left
            vector.iov_base = at
            vector.iov_len = size
            if sendmmsg(batch.fd, &single, 1, MSG_DONTWAIT) != 1:
                batch.count.send_errors += 1
            at += size
            left -= size


cdef bint wait_writable(send_batch *batch) noexcept nogil:
    cdef pollfd watched
    watched.fd = batch.fd
    watched.events = POLLOUT
    watched.revents = 0
    return poll(&watched, 1, SEND_WAITS) > 0


cdef void send_flush(send_batch *batch) noexcept nogil:
    cdef int32_t i = 0, sent
    cdef bint waited = False, patient = True
    for i in range(batch.used):
        address_message(batch, i)
    i = 0
    while i < batch.used:
        sent = sendmmsg(batch.fd, &batch.messages[i], <unsigned int>(batch.used - i), MSG_DONTWAIT)
        batch.count.send_calls += 1
        if sent > 0:
            i += sent
            waited = False
        elif errno == EINTR:
            continue
        elif errno == EAGAIN or errno == ENOBUFS:
            # One wait in vain is all a batch gets, so that a stuck device never holds up the loop for long
            if not patient or waited or not wait_writable(batch):
                patient = patient and waited
                batch.count.send_dropped += batch.segments[i]
                i += 1
                waited = False
            else:
                waited = True
        elif (errno == EIO or errno == EINVAL) and batch.segments[i] > 1:
            batch.segmentation = errno != EIO and batch.segmentation
            send_split(batch, i)
            i += 1
        else:
            batch.count.send_errors += batch.segments[i]   # this receiver's address is refused; the others' are not
            i += 1
    batch.count.datagrams_out += <uint64_t>batch.used
    batch.used = 0
    batch.filled = 0
    batch.serial += 1


cdef void send_copy(send_batch *batch, transport *to, const uint8_t *data, size_t size) noexcept nogil:
    if size > MAX_PACKET:
        batch.count.send_errors += 1
        return
    memcpy(send_reserve(batch), data, size)
    send_commit(batch, to, size)
