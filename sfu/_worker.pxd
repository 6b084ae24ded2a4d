"""One packet worker: everything its thread owns."""

from libc.stdint cimport int32_t, int64_t

from sfu._rings cimport command_ring, event, event_put, event_ring
from sfu._routes cimport route_table
from sfu._sockets cimport receive_batch, send_batch
from sfu._state cimport counters, downtrack, layer, list_of, room, transport, uptrack

cdef enum:
    MAX_TRANSPORTS = 4096        # handles of each kind are below these
    MAX_ROOMS = 1024
    MAX_TRACKS = 8192
    MAX_DOWNTRACKS = 131072
    DIRTY = 256                  # layers with packets gathered in this turn

cdef struct worker:
    int fd
    int epoll
    int command_fd               # eventfd: Python has written commands
    int event_fd                 # eventfd: the worker has written events
    int cpu
    bint running
    int64_t now_us               # read once a turn
    int64_t wall_offset_us       # Unix time - monotonic time
    int64_t next_fast_us
    int64_t next_slow_us
    command_ring *commands
    event_ring *events
    bint has_events
    receive_batch incoming
    send_batch outgoing
    route_table addresses
    route_table ufrags
    transport **transports       # by handle
    room **rooms
    uptrack **uptracks
    downtrack **slots
    list_of senders              # transports by direction, for the ticks
    list_of receivers
    list_of active_rooms
    layer *dirty[DIRTY]
    int32_t dirty_count
    counters count
    unsigned long thread

cdef inline void tell(worker *w, const event *e) noexcept nogil:
    if event_put(w.events, e):
        w.has_events = True
    else:
        w.count.events_lost += 1
