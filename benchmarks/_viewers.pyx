"""Many HTTP viewers in one native thread that never takes the GIL: each asks again as soon as its answer is there.

Bodies are not copied out of the kernel (MSG_TRUNC), so that the server is what is busy, and the thread never waits in the
kernel: a waiting viewer would have to be woken by the server, in the server's time, as no viewer on another machine would.
Every `sample_every` answers of a viewer, one is kept whole for whoever checks it.
"""

from libc.errno cimport EAGAIN, EINTR, errno
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free

from loadtest._net cimport CLOCK_MONOTONIC, MSG_DONTWAIT, MSG_TRUNC, clock_ns, recv

cdef extern from "<sys/epoll.h>" nogil:
    ctypedef union epoll_data_t:
        uint32_t u32
    cdef struct epoll_event:
        uint32_t events
        epoll_data_t data
    int epoll_create1(int flags)
    int epoll_ctl(int epfd, int op, int fd, epoll_event *event)
    int epoll_wait(int epfd, epoll_event *events, int maxevents, int timeout)
    enum: EPOLL_CTL_ADD
    enum: EPOLLIN

cdef extern from "<sys/socket.h>" nogil:
    ssize_t send(int fd, const void *buf, size_t length, int flags)
    enum: MSG_NOSIGNAL

cdef extern from "<unistd.h>" nogil:
    int close(int fd)

cdef enum:
    EVENTS = 256
    PATIENCE = 30000000000        # ns without an answer, after which the run is given up

cdef struct viewer:
    int fd
    const char *request
    Py_ssize_t request_size
    Py_ssize_t left               # bytes of the answer that have not come yet
    uint64_t answers


cdef class Viewers:
    cdef list sockets, requests
    cdef viewer *viewers
    cdef int count, epoll
    cdef Py_ssize_t size, kept
    cdef uint64_t sample_every
    cdef uint8_t *sample
    cdef readonly int failed      # errno of the first viewer that failed, -1 for one whose connection ended

    def __cinit__(self, sockets: list, requests: list, size: int, sample_every: int = 512) -> None:
        """`sockets` are connected, `requests` has what each sends, `size` is that of every answer with its head."""
        cdef int i
        cdef epoll_event event
        self.count = len(sockets)
        self.sockets, self.requests = list(sockets), list(requests)
        if len(requests) != self.count or size < 1 or sample_every < 1:
            raise ValueError("as many requests as sockets, and an answer")
        self.size, self.sample_every = size, sample_every
        self.viewers = <viewer *>calloc(self.count, sizeof(viewer))
        self.sample = <uint8_t *>calloc(1, size)
        self.epoll = epoll_create1(0)
        if self.viewers == NULL or self.sample == NULL or self.epoll < 0:
            raise MemoryError
        for i in range(self.count):
            self.viewers[i].fd = sockets[i].fileno()
            self.viewers[i].request = <const char *>self.requests[i]
            self.viewers[i].request_size = len(self.requests[i])
            event.events = EPOLLIN
            event.data.u32 = i
            if epoll_ctl(self.epoll, EPOLL_CTL_ADD, self.viewers[i].fd, &event) < 0:
                raise OSError(errno, "epoll_ctl")

    def __dealloc__(self) -> None:
        if self.epoll >= 0:
            close(self.epoll)
        free(self.viewers)
        free(self.sample)

    def run(self, total: int) -> float:
        """Gets so many answers; seconds it took. `failed` is not 0 when it did not come so far."""
        cdef uint64_t wanted = total, began = clock_ns(CLOCK_MONOTONIC)
        with nogil:
            self.loop(wanted)
        return (clock_ns(CLOCK_MONOTONIC) - began) / 1e9

    def kept_answer(self) -> bytes | None:
        """The newest answer that was kept whole."""
        if self.kept < self.size:
            return None
        return (<char *>self.sample)[:self.size]

    cdef void loop(self, uint64_t wanted) noexcept nogil:
        cdef epoll_event events[EVENTS]
        cdef uint64_t asked = 0, answered = 0, last = clock_ns(CLOCK_MONOTONIC)
        cdef int i, number
        for i in range(self.count):
            if asked < wanted and not self.ask(&self.viewers[i]):
                return
            asked += 1
        asked = min(<uint64_t>self.count, wanted)
        while answered < wanted:
            number = epoll_wait(self.epoll, events, EVENTS, 0)
            if number <= 0:
                if clock_ns(CLOCK_MONOTONIC) - last > PATIENCE:
                    self.failed = EAGAIN
                    return
                continue
            last = clock_ns(CLOCK_MONOTONIC)
            for i in range(number):
                if not self.read(&self.viewers[events[i].data.u32]):
                    return
                if self.viewers[events[i].data.u32].left == 0:
                    answered += 1
                    if asked < wanted:
                        if not self.ask(&self.viewers[events[i].data.u32]):
                            return
                        asked += 1
                    else:
                        self.viewers[events[i].data.u32].left = self.size

    cdef bint ask(self, viewer *one) noexcept nogil:
        one.left = self.size
        if send(one.fd, one.request, one.request_size, MSG_NOSIGNAL) != one.request_size:
            self.failed = errno
            return False
        return True

    cdef bint read(self, viewer *one) noexcept nogil:
        cdef bint keep = one.answers % self.sample_every == 0
        cdef uint8_t *place = self.sample + (self.size - one.left)
        cdef ssize_t got
        # Only one viewer's answer is kept at a time: the first one's.
        keep = keep and one == self.viewers
        got = recv(one.fd, place, one.left, MSG_DONTWAIT | (0 if keep else MSG_TRUNC))
        if got < 0:
            if errno == EAGAIN or errno == EINTR:
                return True
            self.failed = errno
            return False
        if got == 0:
            self.failed = -1
            return False
        one.left -= got
        if one.left == 0:
            one.answers += 1
            if keep:
                self.kept = self.size
        return True
