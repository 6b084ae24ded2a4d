"""Reading the dependency descriptor, bit by bit and never beyond its end."""

from libc.string cimport memset

from sfu._rtp cimport ALL_TARGETS, EVERYTHING, MAX_SPATIAL, MAX_TEMPORAL, place_of

cdef enum:
    SHORT = 3                    # bytes of the fields that are always there
    NEXT_TEMPORAL = 1            # next_layer_idc
    NEXT_SPATIAL = 2
    LAST_TEMPLATE = 3
    MOST_SPATIAL = 3             # highest spatial id (2 bits in next_layer_idc's reach)
    MOST_TEMPORAL = 7

# Bits that are read in turn. `short` is set, for good, when more were asked for than there are; zeros are read then.
cdef struct bits:
    const uint8_t *data
    size_t end                   # in bits
    size_t at
    bint short


cdef uint32_t take(bits *b, uint32_t count) noexcept nogil:
    # f(n) of the specification; at most 32
    cdef uint32_t value = 0
    if b.short or count > b.end - b.at:
        b.short = True
        return 0
    while count:
        value = value << 1 | ((b.data[b.at >> 3] >> (7 - (b.at & 7))) & 1)
        b.at += 1
        count -= 1
    return value


cdef uint32_t take_below(bits *b, uint32_t n) noexcept nogil:
    # ns(n): a number below n, in as few bits as there can be
    cdef uint32_t width = 0, rest = n, short_codes, value
    while rest:
        rest >>= 1
        width += 1
    if width == 0:
        return 0
    short_codes = (<uint32_t>1 << width) - n
    value = take(b, width - 1)
    if value < short_codes:
        return value
    return (value << 1 | take(b, 1)) - short_codes


# --- the structure ----------------------------------------------------------------------------------------------

cdef bint read_layers(bits *b, dependency_structure *s) noexcept nogil:
    cdef uint32_t step
    cdef uint8_t spatial = 0, temporal = 0
    while not b.short:
        if s.template_count == MAX_TEMPLATES or spatial > MOST_SPATIAL or temporal > MOST_TEMPORAL:
            return False
        s.spatial[s.template_count] = spatial
        s.temporal[s.template_count] = temporal
        s.template_count += 1
        step = take(b, 2)
        if step == LAST_TEMPLATE:
            return not b.short
        if step == NEXT_TEMPORAL:
            temporal += 1
        elif step == NEXT_SPATIAL:
            spatial += 1
            temporal = 0
    return False


cdef void read_indications(bits *b, uint8_t count, uint32_t *present, uint32_t *switching) noexcept nogil:
    cdef uint8_t t
    cdef uint32_t indication
    present[0] = switching[0] = 0
    for t in range(count):
        indication = take(b, 2)
        if indication != NOT_PRESENT:
            present[0] |= <uint32_t>1 << t
        if indication == SWITCH:
            switching[0] |= <uint32_t>1 << t


cdef void skip_references(bits *b, uint8_t templates) noexcept nogil:
    # template_fdiffs: they are for decoders
    cdef uint8_t _n
    for _n in range(templates):
        while take(b, 1):
            take(b, 4)


cdef void read_chains(bits *b, dependency_structure *s) noexcept nogil:
    cdef uint32_t _n
    s.chain_count = <uint8_t>take_below(b, <uint32_t>s.target_count + 1)
    if s.chain_count == 0:
        return
    for _n in range(s.target_count):       # decode_target_protected_by
        take_below(b, s.chain_count)
    for _n in range(<uint32_t>s.template_count * s.chain_count):
        take(b, 4)                         # template_chain_fdiff


cdef void skip_resolutions(bits *b, const dependency_structure *s) noexcept nogil:
    cdef uint8_t _n
    if take(b, 1):
        for _n in range(s.spatial[s.template_count - 1] + 1):
            take(b, 32)                    # width - 1 and height - 1


cdef void note_targets(dependency_structure *s) noexcept nogil:
    # A decode target reaches as far as the highest layers of the frames it needs. Of those within one of our targets the
    # one that reaches furthest is taken, and the least of all where none is.
    cdef uint8_t place[MAX_DECODE_TARGETS]
    cdef uint8_t t, n, spatial, temporal, ours, best
    cdef int reach
    for t in range(s.target_count):
        spatial = temporal = 0
        for n in range(s.template_count):
            if s.present[n] >> t & 1:
                spatial = max(spatial, s.spatial[n])
                temporal = max(temporal, s.temporal[n])
        place[t] = place_of(spatial, temporal)
    for ours in range(MAX_SPATIAL * MAX_TEMPORAL):
        best = 0
        for t in range(s.target_count):
            if place[t] < place[best]:
                best = t
        reach = -1
        for t in range(s.target_count):
            if place[t] >> 2 <= ours >> 2 and place[t] & 3 <= ours & 3 and <int>place[t] > reach:
                reach = place[t]
                best = t
        s.decode_target[ours] = best


cdef bint read_structure(bits *b, dependency_structure *s) noexcept nogil:
    cdef uint8_t n
    memset(s, 0, sizeof(dependency_structure))
    s.offset = <uint8_t>take(b, 6)
    s.target_count = <uint8_t>(take(b, 5) + 1)
    if not read_layers(b, s):
        return False
    for n in range(s.template_count):
        read_indications(b, s.target_count, &s.present[n], &s.switching[n])
    skip_references(b, s.template_count)
    read_chains(b, s)
    skip_resolutions(b, s)
    if b.short:
        return False
    note_targets(s)
    return True


# --- one packet -------------------------------------------------------------------------------------------------

cdef bint read_definition(bits *b, const dependency_structure *s, uint8_t template_id, dependency *out, bint custom_targets,
                          bint custom_references, bint custom_chains) noexcept nogil:
    cdef uint32_t index = (<uint32_t>template_id + MAX_TEMPLATES - s.offset) % MAX_TEMPLATES, size
    cdef uint8_t _n
    if index >= s.template_count:
        return False
    out.template_index = <uint8_t>index
    out.spatial = s.spatial[index]
    out.temporal = s.temporal[index]
    out.present = s.present[index]
    out.switching = s.switching[index]
    if custom_targets:
        read_indications(b, s.target_count, &out.present, &out.switching)
    if custom_references:
        size = take(b, 2)                  # next_fdiff_size
        while size:
            take(b, 4 * size)
            size = take(b, 2)
    if custom_chains:
        for _n in range(s.chain_count):
            take(b, 8)
    return not b.short


cdef bint dependency_read(const uint8_t *data, size_t size, dependency_structure *structure, bint known,
                          dependency *out) noexcept nogil:
    cdef bits b
    cdef dependency_structure fresh
    cdef uint8_t template_id
    cdef bint active, custom_targets = False, custom_references = False, custom_chains = False
    memset(out, 0, sizeof(dependency))
    if size < SHORT:
        return False
    b.data = data
    b.end = 8 * size
    b.at = 0
    b.short = False
    out.begins = take(&b, 1)
    out.ends = take(&b, 1)
    template_id = <uint8_t>take(&b, 6)
    out.frame_number = <uint16_t>take(&b, 16)
    if size > SHORT:
        out.has_structure = take(&b, 1)
        active = take(&b, 1)
        custom_targets = take(&b, 1)
        custom_references = take(&b, 1)
        custom_chains = take(&b, 1)
        if out.has_structure:
            if not read_structure(&b, &fresh):
                return False
        elif not known:
            return False
        if active:
            out.active = take(&b, fresh.target_count if out.has_structure else structure.target_count)
            out.has_active = True
    elif not known:
        return False
    if not read_definition(&b, &fresh if out.has_structure else structure, template_id, out, custom_targets,
                           custom_references, custom_chains):
        return False
    if out.has_structure:
        structure[0] = fresh
    return True


cdef uint16_t ours(uint32_t decode_targets, const dependency_structure *s) noexcept nogil:
    cdef uint16_t found = 0
    cdef uint8_t t
    for t in range(EVERYTHING + 1):
        if decode_targets >> s.decode_target[t] & 1:
            found |= <uint16_t>(1 << t)
    return found


cdef void dependency_place(const dependency *found, const dependency_structure *s, descriptor *d) noexcept nogil:
    d.place = place_of(found.spatial, found.temporal)
    d.carried = ours(found.present, s)
    d.ends = found.ends
    if d.keyframe:
        d.upward = ALL_TARGETS
    elif found.begins:
        d.upward = ours(found.switching, s)


# --- for tests --------------------------------------------------------------------------------------------------

cdef class Reader:
    """One layer's descriptors in their order. `_dependency.pyi` says what comes out."""

    cdef dependency_structure structure
    cdef bint known

    def read(self, data):
        cdef bytes raw = data
        cdef const uint8_t *p = raw
        cdef dependency found
        cdef descriptor d
        if not dependency_read(p, len(raw), &self.structure, self.known, &found):
            return None
        self.known = self.known or found.has_structure
        memset(&d, 0, sizeof(d))
        dependency_place(&found, &self.structure, &d)
        return {
            "begins": bool(found.begins),
            "ends": bool(found.ends),
            "frame_number": found.frame_number,
            "template": found.template_index,
            "spatial": found.spatial,
            "temporal": found.temporal,
            "present": found.present,
            "switching": found.switching,
            "active": found.active if found.has_active else None,
            "structure": bool(found.has_structure),
            "templates": self.structure.template_count,
            "decode_targets": self.structure.target_count,
            "chains": self.structure.chain_count,
            "carried": d.carried,
        }
