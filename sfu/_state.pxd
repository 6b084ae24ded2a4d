"""Every structure of a packet worker, declared once. One worker's thread owns them all; nothing here is locked.

Lists of pointers (`list_of`) grow by doubling and are changed only by commands and switches, never by a packet.
Times are microseconds of CLOCK_MONOTONIC; `wall_offset_us` of the worker turns them into Unix time for sender reports.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t

from sfu._arrivals cimport arrival_log
from sfu._estimator cimport estimator
from sfu._history cimport sent_log
from sfu._dependency cimport dependency_structure
from sfu._limits cimport gate
from sfu._rtp cimport CODECS, WINDOW, descriptor, extension_ids, seq_window
from sfu._speakers cimport speaker_board, voice
from sfu._srtp cimport srtp_receiver, srtp_sender
from sfu._stun cimport sockaddr_storage

cdef enum:
    MAX_LAYERS = 3
    MAX_UPTRACKS = 8             # of one transport
    MAX_SSRCS = 64               # of one send transport, in use and past ones together
    MAX_SLOTS = 64               # of one receive transport
    MAX_ADDRESSES = 4            # validated addresses of one transport
    CREDENTIAL = 64              # longest ufrag or password kept
    FILL = 16                    # most bytes of padding that make a run equal (RFC 3550 section 5.1)
    CACHE_PACKETS = 512          # of one layer
    RUN = 64                     # packets of one layer gathered before they are fanned out
    MAX_LOST = 128               # missing packets of one layer that are asked for
    EPOCHS = 8                   # past sources of a slot that retransmission still knows
    DROPS = 32                   # past gaps closed in a layer's numbering
    TARGETS = 12                 # ways to take a layer: 3 spatial x 4 temporal ones within it (`_rtp.EVERYTHING`)
    CNAME = 32
    REPEATS = 64                 # retransmissions of one slot in 100 ms
    SLOT_HOT = 256               # bytes of a downtrack, and of a transport, that every packet asks for
    PATH_HOT = 128

# The address of this machine that a datagram came to: answers leave from it, or the other side would not know them.
cdef struct local_address:
    uint8_t size                 # 4, 16, or 0 when the socket has only one
    uint8_t bytes[16]

cdef struct list_of:
    void **items
    int32_t count
    int32_t capacity

# A received RTP packet, in clear, in its layer's cache. `number` is the layer's own gapless numbering.
cdef struct packet:
    uint64_t number
    uint64_t position            # of its bytes in the ring's endless numbering
    uint8_t *payload
    uint16_t size                # of the payload
    uint16_t padding             # bytes of RTP padding; only for packets that are nothing else
    uint32_t timestamp
    uint8_t marker
    uint8_t fill                 # bytes of RTP padding that make it as long as its neighbours
    uint8_t audio_level
    uint8_t orientation
    bint present
    uint8_t dependency_size      # of the dependency descriptor, which lies behind the payload and its fill; 0: none
    bint late                    # it came after packets with higher numbers
    int64_t arrival_us
    descriptor video
    # of the packets and pictures so far, this one included: how many target t does not carry
    uint32_t skipped[TARGETS]
    uint16_t skipped_pictures[TARGETS]

# Recent packets of a layer: a ring of bytes and an index by number.
cdef struct packet_cache:
    uint8_t *bytes
    uint64_t capacity            # power of two
    uint64_t written             # bytes ever written; position & (capacity - 1) is the place
    packet *index                # CACHE_PACKETS entries

cdef struct missing:
    uint64_t sequence            # extended, as the publisher numbers
    int64_t next_us
    int32_t tries

# One encoding of an uptrack.
cdef struct layer:
    uptrack *track
    uint8_t index
    bint bound                   # its SSRC is known
    bint active
    uint32_t ssrc
    uint32_t rtx_ssrc
    char rid[17]
    uint8_t rid_size
    # numbering: publisher's sequence -> extended -> gapless
    seq_window window
    int64_t shift                # number = extended sequence + shift, for new packets
    uint64_t drops[DROPS]        # extended sequences behind which `shift` was one more
    int32_t dropped
    uint32_t skipped[TARGETS]    # as in `packet`, of the newest
    uint16_t skipped_pictures[TARGETS]
    bint has_picture
    uint16_t last_picture
    bint has_structure
    dependency_structure structure
    # what it weighs, by the spatial and temporal layers inside it: 4 * spatial + temporal
    uint32_t gathered[TARGETS]   # bytes since they were last looked at
    double rates[TARGETS]        # bits a second
    double heavy[TARGETS]        # and the most that each way to take it has lately come to, with all that is below
    int64_t measured_us
    int64_t settled_us           # from then on they are no longer those of its first keyframe
    bint weighed                 # `rates` say something
    # repair
    missing lost[MAX_LOST]
    int32_t lost_count
    # reports to the publisher (RFC 3550 6.4)
    uint64_t first_sequence
    uint64_t received
    uint64_t prior_expected
    uint64_t prior_received
    uint32_t jitter_q4
    uint32_t transit
    # the publisher's clock
    bint has_sr
    uint32_t sr_rtp
    uint32_t last_timestamp      # of the newest packet: with last_packet_us, what a pause is measured by
    bint paused                  # sr_us was moved by a pause, and no report has come since
    int64_t travel_us            # capture to arrival before that pause
    int64_t sr_us                # on the worker's clock: capture time of sr_rtp
    uint32_t last_sr             # middle 32 bits
    int64_t last_sr_at_us
    # keyframes
    int64_t last_pli_us
    bint keyframe_wanted
    # whether anybody receives it: what its publisher was told, and since when nobody does
    bint spared
    int64_t unused_since_us
    # activity and fan-out
    int64_t last_packet_us
    packet_cache cache
    packet *run[RUN]
    int32_t run_count
    list_of receivers            # downtracks it feeds now
    list_of waiting              # downtracks that will switch to it at its next keyframe

# A track as it comes in.
cdef struct uptrack:
    int32_t handle
    int32_t participant
    bint is_audio
    uint8_t codec
    bint allowed
    uint8_t payload_type
    int32_t rtx_payload_type
    uint32_t clock_rate
    char mid[17]
    uint8_t mid_size
    extension_ids ids
    int32_t layer_count
    layer layers[MAX_LAYERS]
    transport *path
    room *home
    list_of followers            # downtracks asked to show it
    voice heard

# A span of a slot's outgoing numbering that came from one source with one shift of its timestamps.
cdef struct epoch:
    layer *source                # NULL when that layer is gone
    uint64_t first               # first outgoing extended sequence
    int64_t shift                # outgoing = source number + shift
    uint32_t timestamp_shift
    uint16_t picture_shift
    uint16_t frame_shift         # of frame numbers in dependency descriptors
    uint8_t tl0_shift
    uint8_t target               # what of the source it takes

# One slot's copy of a track on its way out. First what every packet reads or writes, in as few cache lines as it takes
# (SLOT_HOT bytes, `_lines`).
cdef struct downtrack:
    transport *path
    layer *source
    void *copies                 # of a voice that a receiver has missed packets of (`_copies`); NULL without
    # outgoing numbering
    uint64_t highest
    int64_t last_sent_us
    uint32_t ssrc
    uint32_t last_timestamp
    uint32_t packets
    uint32_t octets
    uint16_t last_picture
    uint16_t last_frame
    uint8_t last_tl0
    uint8_t aim                  # what of its source it shall take, as soon as that can be
    uint8_t started
    uint8_t aligned              # the current epoch's timestamps follow the publisher's sender reports
    uint64_t held_from           # the first packet of its source that waits for the line (`_pacer`), by number; 0: none
    seq_window sent              # refuses to send any sequence number twice
    epoch epochs[EPOCHS]         # newest first
    # what few packets ask for
    int32_t epoch_count
    int32_t handle
    room *home
    bint is_audio
    uint32_t rtx_ssrc
    uint64_t rtx_next
    char cname[CNAME]
    uint8_t cname_size
    # what is wanted, what is sent, what will be
    uptrack *wanted
    int64_t wanted_us            # since when
    int32_t wanted_layer
    int32_t rank                 # by which the line is divided, higher first
    bint keeps_size              # gives up pictures a second rather than their size: a screen
    # what the line affords (`_allocator`); the layer is -1 when not even the least
    int32_t granted_layer
    uint8_t granted_target
    bint undecided               # what feeds it now goes on until the line has been divided anew
    int64_t hold_until_us        # no higher until then: the line was too thin for it a moment ago
    int64_t keyframe_asked_us
    int64_t keyframe_gap_us      # the next request that is listened to comes this much later
    bint strained                # asked for more keyframes than it gets
    layer *next
    int32_t told                 # uptrack handle last reported by a "fed" event
    int32_t told_layer
    bint told_paused
    # the slot's own clock: rtp = clock_base + (us - clock_us) * rate; one line for its whole life
    bint has_clock
    uint32_t clock_base
    int64_t clock_us
    int64_t next_sr_us
    bint reported                # what the receiver's last report said of it: the extended highest number, packets lost,
    uint32_t reported_highest
    int32_t reported_lost
    int64_t reported_sent        # and how many packets had been sent up to that number
    int32_t rtx_budget           # retransmissions left in this tick, so that one bad line costs nobody anything

# What a receiver calls things: payload types by codec, header extension ids. 0: it does not know the thing.
cdef struct numbering:
    uint8_t payload_types[CODECS]
    uint8_t rtx_payload_types[CODECS]
    uint8_t transport_cc
    uint8_t audio_level
    uint8_t orientation
    uint8_t dependency

cdef struct ssrc_entry:
    uint32_t ssrc
    layer *target                # NULL: of no track, or of one that is gone
    bint is_rtx

# One ICE + DTLS + SRTP path. First what every packet that leaves reads or writes, in as few cache lines as it takes (PATH_HOT
# bytes, `_lines`).
cdef struct transport:
    uint8_t keyed
    uint8_t has_remote
    uint8_t silent               # checks have not gone on: nothing is sent
    numbering numbers            # of a participant that receives
    int32_t message              # of the batch of sends that waits for it, and of which batch (`_sockets`)
    sent_log sent                # by transport-wide number
    uint64_t batch
    srtp_sender outgoing
    uint32_t remote_size
    local_address local
    sockaddr_storage remote
    # what few packets ask for
    int32_t handle
    int32_t participant
    bint sends                   # the participant sends to us
    char ufrag[CREDENTIAL]
    uint8_t ufrag_size
    char password[CREDENTIAL]
    uint8_t password_size
    char old_ufrag[CREDENTIAL]   # still answered until a check with the new one came
    uint8_t old_ufrag_size
    char old_password[CREDENTIAL]
    uint8_t old_password_size
    sockaddr_storage addresses[MAX_ADDRESSES]
    int32_t address_count
    int64_t last_check_us
    bint checked                 # by a STUN check: then checks must go on (consent, RFC 7675)
    # what it may ask of us (`_limits`)
    gate packets
    gate bytes
    gate checks
    gate moves
    gate dtls
    gate keyframes
    bint moved                   # Python has not heard of `remote` yet
    uint64_t heard_bytes         # before there are keys: came in checks and DTLS since `remote` is what it is
    uint64_t told_bytes          # and went there
    srtp_receiver incoming
    uint32_t reporter            # SSRC of our own reports and requests
    # a participant that sends
    extension_ids ids
    uptrack *uptracks[MAX_UPTRACKS]
    int32_t uptrack_count
    ssrc_entry ssrcs[MAX_SSRCS]
    int32_t ssrc_count
    arrival_log *arrivals
    uint32_t arrivals_media
    int64_t next_feedback_us
    int64_t next_rr_us
    bint has_clock               # publisher's NTP time -> ours
    int64_t clock_offset_us
    int64_t spoke_us             # when this participant was last among the loudest
    # a participant that receives
    downtrack *slots[MAX_SLOTS]
    int32_t slot_count
    estimator *line              # NULL: nobody estimates
    bint beginning               # it is not known yet, and little is sent until it is
    gate feedback
    int64_t told_us              # when Python last heard of the estimate,
    int64_t told_bps             # and of which
    room *home                   # of its audio slots; NULL without
    # Bits a second of whole RTP packets, headers and SRTP tags included. What its line carries (`_estimator`; 0: not
    # known yet), what it must be shown to carry until everything is sent, and what the chosen layers amount to
    # (`_allocator`).
    int64_t estimate_bps
    int64_t wanted_bps
    int64_t allocated_bps
    int64_t limit_bps            # what it shall be sent at most; 0: no such limit
    int64_t divided_bps          # `line_bps` when it was last divided
    int64_t next_division_us
    bint changed                 # what is wanted is not what was divided
    bint held                    # packets of its slots wait for the line (`_pacer`)
    int32_t next_held            # which slot's turn it is

cdef struct room:
    int32_t handle
    list_of voices               # audio uptracks
    list_of listeners            # receive transports with audio slots
    speaker_board board

# Everything that is counted; `Worker.counters` reads them by name without stopping the worker.
cdef struct counters:
    uint64_t packets_in
    uint64_t bytes_in
    uint64_t packets_out
    uint64_t bytes_out
    uint64_t datagrams_out       # messages given to sendmmsg; packets_out / datagrams_out is the mean run
    uint64_t turns               # of the loop
    uint64_t receive_calls
    uint64_t send_calls
    uint64_t send_dropped        # the socket would not take it
    uint64_t send_errors
    uint64_t retransmitted       # over RTX, for NACKs of receivers
    uint64_t repaired_unasked    # of these, for losses that only feedback told of
    uint64_t nacks_in
    uint64_t nack_misses         # asked for, no longer kept
    uint64_t nacks_held          # of voices: what was repeated is still under way
    uint64_t nacks_out
    uint64_t repaired            # came back after our NACK
    uint64_t keyframe_requests_in
    uint64_t keyframe_requests_out
    uint64_t switches
    uint64_t padding_closed
    uint64_t layers_dropped      # packets of temporal and spatial layers that a slot did not take
    uint64_t filled              # numbers of such packets that had been left open, closed by padding
    uint64_t keyframe_requests_held  # of receivers that asked again and again
    uint64_t allocations
    uint64_t pauses              # slots their line could not feed
    uint64_t not_allowed         # packets of tracks without the floor
    uint64_t drop_malformed
    uint64_t drop_unknown_address
    uint64_t drop_unknown_ufrag
    uint64_t drop_stun_malformed
    uint64_t drop_stun_integrity
    uint64_t drop_srtp_auth
    uint64_t drop_srtp_replay
    uint64_t drop_not_keyed
    uint64_t drop_unknown_ssrc
    uint64_t drop_duplicate
    uint64_t drop_too_late
    uint64_t drop_dtls_flood
    uint64_t drop_over_rate      # media of a participant who sends more than is allowed
    uint64_t drop_stun_rate      # checks of one transport, more than are answered
    uint64_t drop_unproven       # DTLS answers held back: the other side has sent too little to be owed so much
    uint64_t drop_nonce          # would have used a nonce again
    uint64_t stun_answered
    uint64_t rtcp_in
    uint64_t rtcp_out
    uint64_t feedback_in         # transport-wide feedback of receivers
    uint64_t remb_in             # estimates of receivers' own
    uint64_t drop_feedback_rate  # feedback of one receiver, more than is read
    uint64_t probes
    uint64_t probe_packets       # of padding
    uint64_t probe_bytes
    uint64_t events_lost
    uint64_t wakes               # times Python was woken
    uint64_t commands
