"""One packet worker: everything its thread owns."""

from libc.stdint cimport int32_t, int64_t, uint64_t

from sfu._cadence cimport cadence
from sfu._limits cimport gate, limits
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
    int rtcp_fd                  # beside it: what comes to the same port and is RTCP; -1: everything comes to `fd`
    int epoll                    # all of these
    int epoll_media              # all but `rtcp_fd`
    int64_t heard_us             # when something last came to `fd`
    int64_t asked_us             # when a receiver last asked for what it had lost
    int command_fd               # eventfd: Python has written commands
    int event_fd                 # eventfd: the worker has written events
    int cpu
    uint64_t turned_us           # of the last turn: how Python knows that the loop turns
    int64_t now_us               # read once a turn
    cadence turns
    int64_t wall_offset_us       # Unix time - monotonic time
    int64_t next_fast_us         # feedback, and what is asked for of publishers
    bint hasty                   # something is missing or waited for: that is looked at soon
    int64_t next_slow_us
    int64_t next_probe_us        # 0: no probe is under way
    int64_t next_held_us         # when a packet that waits for its line may leave; 0: none waits
    command_ring *commands
    event_ring *events
    bint has_events              # Python has not been woken for them yet
    list_of gone                 # handles whose end found no place in the ring
    limits allowed
    gate wakes
    gate all_dtls
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
    list_of held                 # those of them whose slots' packets wait for the line
    list_of active_rooms
    bint divide                  # a receive transport's line is to be divided anew in this turn
    int32_t uptrack_count
    int32_t slot_count
    layer *dirty[DIRTY]
    int32_t dirty_count
    counters count
    unsigned long thread

cdef inline void tell(worker *w, const event *e) noexcept nogil:
    if event_put(w.events, e):
        w.has_events = True
    else:
        w.count.events_lost += 1

# As `tell`, of what Python need not be woken for: it hears of it when it looks by itself.
cdef inline void tell_quietly(worker *w, const event *e) noexcept nogil:
    if not event_put(w.events, e):
        w.count.events_lost += 1
