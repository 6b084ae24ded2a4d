"""Keyframes that receivers ask for, and what their publishers are asked. Does no I/O but through the worker's batch."""

from libc.stdint cimport uint32_t

from sfu._state cimport downtrack, layer, transport, uptrack
from sfu._worker cimport worker

# A receiver's decoder asks for a keyframe of a slot (PLI or FIR). What it asks for too often is not passed on.
cdef void keyframe_requested(worker *w, downtrack *d) noexcept nogil
# A slot waits for a keyframe of `lr` to go over to it; the publisher is asked unless this receiver has asked enough.
cdef void keyframe_awaited(worker *w, downtrack *d, layer *lr) noexcept nogil
# The publisher shall be asked for a keyframe of every layer in use.
cdef void want_keyframes(worker *w, uptrack *track) noexcept nogil
# Asks the publisher, if it is time. `t` is its transport.
cdef void ask_for_keyframe(worker *w, transport *t, layer *lr) noexcept nogil
