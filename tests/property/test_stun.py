"""STUN on any bytes, and both directions against aioice."""

import ipaddress
from array import array

from aioice import stun
from hypothesis import given
from hypothesis import strategies as st

from sfu import _stun

OK = 0

addresses = st.tuples(st.ip_addresses().map(str), st.integers(0, 65535))
passwords = st.binary(min_size=1, max_size=100)
names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)


@st.composite
def requests(draw: st.DrawFn) -> stun.Message:
    """Binding requests with the attributes of ICE in any order, and some that may be ignored."""
    attributes: dict[str, object] = {
        "USERNAME": draw(names),
        "PRIORITY": draw(st.integers(0, 2**32 - 1)),
        draw(st.sampled_from(["ICE-CONTROLLING", "ICE-CONTROLLED"])): draw(st.integers(0, 2**64 - 1)),
    }
    if draw(st.booleans()):
        attributes["USE-CANDIDATE"] = None
    if draw(st.booleans()):
        attributes["SOFTWARE"] = draw(names)
    order = draw(st.permutations(list(attributes)))
    return stun.Message(
        stun.Method.BINDING,
        stun.Class.REQUEST,
        transaction_id=draw(st.binary(min_size=12, max_size=12)),
        attributes={name: attributes[name] for name in order},
    )


@given(st.binary(max_size=200))
def test_any_bytes_are_refused(data: bytes) -> None:
    assert _stun.parse_request(array("B", data))[0] != OK


@given(st.binary(max_size=400), st.sampled_from([1, 0x0101, 0x0111, 0x0011, 3]))
def test_any_attributes_are_read_within_bounds(body: bytes, kind: int) -> None:
    body += bytes(-len(body) % 4)
    header = kind.to_bytes(2, "big") + len(body).to_bytes(2, "big") + bytes.fromhex("2112a442") + bytes(12)
    assert not _stun.verify_request(array("B", header + body), b"password")


@given(requests(), passwords, addresses)
def test_request_is_understood_and_answered(request: stun.Message, password: bytes, source: tuple[str, int]) -> None:
    said = dict(request.attributes)
    request.add_message_integrity(password)
    datagram = array("B", bytes(request))
    assert _stun.parse_request(datagram) == (
        OK,
        said["USERNAME"].encode(),
        "USE-CANDIDATE" in said,
        "ICE-CONTROLLING" in said,
        said["PRIORITY"],
    )
    answer = _stun.answer_request(datagram, source, password, 76)
    assert answer is not None
    message = stun.parse_message(answer)
    assert message.message_class == stun.Class.RESPONSE
    assert message.transaction_id == request.transaction_id
    assert message.check_message_integrity(password)
    address = ipaddress.ip_address(source[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    assert message.attributes["XOR-MAPPED-ADDRESS"] == (str(mapped or address), source[1])


@given(requests(), passwords, st.data())
def test_damaged_request_is_refused(request: stun.Message, password: bytes, data: st.DataObject) -> None:
    request.add_message_integrity(password)
    datagram = bytearray(bytes(request))
    at = data.draw(st.integers(0, len(datagram) - 9))
    datagram[at] ^= data.draw(st.integers(1, 255))
    assert _stun.answer_request(array("B", bytes(datagram)), ("192.0.2.1", 1), password) is None


@given(requests(), passwords, st.data())
def test_cut_request_is_refused(request: stun.Message, password: bytes, data: st.DataObject) -> None:
    request.add_message_integrity(password)
    datagram = bytes(request)
    cut = datagram[: data.draw(st.integers(0, len(datagram) - 1))]
    assert _stun.answer_request(array("B", cut), ("192.0.2.1", 1), password) is None
