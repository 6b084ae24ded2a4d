"""STUN binding requests and answers, judged by aioice and by the messages of RFC 5769."""

import binascii
from array import array

import pytest
from aioice import stun

from sfu import _stun

OK, MALFORMED, NOT_BINDING, NO_INTEGRITY, BAD_FINGERPRINT = range(5)

# RFC 5769 sections 2.1 to 2.3: one transaction, one short-term password.
VECTOR_PASSWORD = b"VOkJxbRl1RmTxUk/WvJxBt"
VECTOR_REQUEST = bytes.fromhex(
    "00010058 2112a442 b7e7a701bc34d686fa87dfae"
    "80220010 5354554e207465737420636c69656e74"
    "00240004 6e0001ff"
    "80290008 932ff9b151263b36"
    "00060009 6576746a3a68367659202020"
    "00080014 9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"
    "80280004 e57a3bcf"
)
VECTOR_ANSWER_4 = bytes.fromhex(
    "0101003c 2112a442 b7e7a701bc34d686fa87dfae"
    "8022000b 7465737420766563746f7220"
    "00200008 0001a147e112a643"
    "00080014 2b91f599fd9e90c38c7489f92af9ba53f06be7d7"
    "80280004 c07d4c96"
)
VECTOR_ANSWER_6 = bytes.fromhex(
    "01010048 2112a442 b7e7a701bc34d686fa87dfae"
    "8022000b 7465737420766563746f7220"
    "00200014 0002a1470113a9faa5d3f179bc25f4b5bed2b9d9"
    "00080014 a382954e4be67bf11784c97c8292c275bfe3ed41"
    "80280004 c8fb0b4c"
)
VECTOR_SOURCE_4 = ("192.0.2.1", 32853)
VECTOR_SOURCE_6 = ("2001:db8:1234:5678:11:2233:4455:6677", 32853)

PASSWORD = b"a password of ours"
SOURCE = ("198.51.100.7", 50000)


def exact(data: bytes) -> "array[int]":
    """A buffer with nothing behind its last byte."""
    return array("B", data)


def attribute(kind: int, value: bytes) -> bytes:
    padding = bytes(-len(value) % 4)
    return kind.to_bytes(2, "big") + len(value).to_bytes(2, "big") + value + padding


def framed(attributes: bytes, kind: int = 0x0001) -> bytes:
    header = kind.to_bytes(2, "big") + len(attributes).to_bytes(2, "big")
    return header + bytes.fromhex("2112a442") + bytes(12) + attributes


def with_fingerprint(message: bytes) -> bytes:
    crc = stun.message_fingerprint(message)
    return stun.set_body_length(message, len(message) - 20 + 8) + attribute(0x8028, crc.to_bytes(4, "big"))


def with_integrity(message: bytes) -> bytes:
    digest = stun.message_integrity(message, PASSWORD)
    return stun.set_body_length(message, len(message) - 20 + 24) + attribute(0x0008, digest)


def check(**attributes: object) -> stun.Message:
    """A binding request as browsers send them."""
    names = {"USERNAME": "ours:theirs", "PRIORITY": 0x6E7F1EFF, "ICE-CONTROLLING": 1 << 60} | attributes
    return stun.Message(stun.Method.BINDING, stun.Class.REQUEST, attributes=names)


def signed(message: stun.Message, password: bytes = PASSWORD) -> bytes:
    message.add_message_integrity(password)
    return bytes(message)


def test_published_vectors_are_typed_correctly() -> None:
    for vector in (VECTOR_REQUEST, VECTOR_ANSWER_4, VECTOR_ANSWER_6):
        assert stun.parse_message(vector).check_message_integrity(VECTOR_PASSWORD)


def test_published_request_is_understood() -> None:
    assert _stun.parse_request(VECTOR_REQUEST) == (OK, b"evtj:h6vY", False, False, 0x6E0001FF)
    assert _stun.verify_request(VECTOR_REQUEST, VECTOR_PASSWORD)
    assert not _stun.verify_request(VECTOR_REQUEST, VECTOR_PASSWORD[:-1])


@pytest.mark.parametrize(
    ("source", "vector", "size"), [(VECTOR_SOURCE_4, VECTOR_ANSWER_4, 12), (VECTOR_SOURCE_6, VECTOR_ANSWER_6, 24)]
)
def test_published_address_is_answered(source: tuple[str, int], vector: bytes, size: int) -> None:
    answer = _stun.answer_request(VECTOR_REQUEST, source, VECTOR_PASSWORD)
    assert answer is not None
    assert answer[4:20] == vector[4:20]
    assert answer[20 : 20 + size] == vector[36 : 36 + size]  # behind the vector's SOFTWARE, which we do not send


def test_request_of_long_term_credentials_is_refused() -> None:
    request = check(REALM="example.org", NONCE=b"f//499k954d6OL34oL9FSTvy64sA")
    assert _stun.parse_request(signed(request))[0] == MALFORMED


@pytest.mark.parametrize(
    ("source", "mapped"),
    [
        (SOURCE, SOURCE),
        (("::ffff:198.51.100.7", 50000), SOURCE),
        (("2001:db8::7", 1), ("2001:db8::7", 1)),
        (("::1", 65535), ("::1", 65535)),
        (("::", 0), ("::", 0)),
    ],
)
def test_answer_is_read_by_aioice(source: tuple[str, int], mapped: tuple[str, int]) -> None:
    request = check()
    datagram = signed(request)
    answer = _stun.answer_request(exact(datagram), source, PASSWORD)
    assert answer is not None
    assert len(answer) <= len(datagram)
    message = stun.parse_message(answer)  # also checks the fingerprint
    assert message.message_method == stun.Method.BINDING
    assert message.message_class == stun.Class.RESPONSE
    assert message.transaction_id == request.transaction_id
    assert message.check_message_integrity(PASSWORD)
    assert list(message.attributes) == ["XOR-MAPPED-ADDRESS", "MESSAGE-INTEGRITY", "FINGERPRINT"]
    assert message.attributes["XOR-MAPPED-ADDRESS"] == mapped


def test_what_a_check_says_is_read() -> None:
    nominating = check(**{"USE-CANDIDATE": None})
    assert _stun.parse_request(signed(nominating)) == (OK, b"ours:theirs", True, True, 0x6E7F1EFF)
    controlled = stun.Message(
        stun.Method.BINDING, stun.Class.REQUEST, attributes={"USERNAME": "a:b", "ICE-CONTROLLED": 1, "PRIORITY": 5}
    )
    assert _stun.parse_request(signed(controlled)) == (OK, b"a:b", False, False, 5)


@pytest.mark.parametrize("password", [b"", b"a password of our", b"a password of ours ", b"x" * 100])
def test_wrong_password_is_not_answered(password: bytes) -> None:
    assert _stun.answer_request(signed(check()), SOURCE, password) is None
    assert _stun.answer_request(signed(check(), password), SOURCE, PASSWORD) is None


def test_password_longer_than_a_block_of_the_hash_works() -> None:
    password = b"k" * 200
    answer = _stun.answer_request(signed(check(), password), SOURCE, password)
    assert answer is not None
    assert stun.parse_message(answer).check_message_integrity(password)


def test_unsigned_and_nameless_requests_are_refused() -> None:
    unsigned = check()
    unsigned.add_fingerprint()
    assert _stun.parse_request(bytes(unsigned))[0] == NO_INTEGRITY
    nameless = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, attributes={"PRIORITY": 1})
    assert _stun.parse_request(signed(nameless))[0] == NO_INTEGRITY
    assert _stun.parse_request(framed(b""))[0] == NO_INTEGRITY


def test_name_behind_the_signature_does_not_count() -> None:
    message = with_integrity(framed(attribute(0x0024, bytes(4))))
    message = stun.set_body_length(message, len(message) - 20 + 8) + attribute(0x0006, b"a:b")
    assert _stun.parse_request(message)[0] == NO_INTEGRITY


@pytest.mark.parametrize("method", [stun.Method.SHARED_SECRET, stun.Method.ALLOCATE, stun.Method.CHANNEL_BIND])
def test_other_methods_are_refused(method: stun.Method) -> None:
    message = stun.Message(method, stun.Class.REQUEST, attributes={"USERNAME": "ours:theirs"})
    assert _stun.parse_request(signed(message))[0] == NOT_BINDING


@pytest.mark.parametrize("kind", [stun.Class.INDICATION, stun.Class.RESPONSE, stun.Class.ERROR])
def test_other_classes_are_refused(kind: stun.Class) -> None:
    message = stun.Message(stun.Method.BINDING, kind, attributes={"USERNAME": "ours:theirs"})
    assert _stun.parse_request(signed(message))[0] == NOT_BINDING


def test_fingerprint_may_be_absent_but_not_wrong() -> None:
    message = with_integrity(framed(attribute(0x0006, b"a:b")))
    assert _stun.verify_request(message, PASSWORD)
    complete = with_fingerprint(message)
    assert _stun.verify_request(complete, PASSWORD)
    assert _stun.parse_request(complete[:-1] + bytes([complete[-1] ^ 1]))[0] == BAD_FINGERPRINT


def test_fingerprint_must_be_last() -> None:
    message = with_fingerprint(with_integrity(framed(attribute(0x0006, b"a:b"))))
    longer = stun.set_body_length(message, len(message) - 20 + 4)[:-8]
    crc = binascii.crc32(longer) ^ 0x5354554E  # right for where it stands
    longer += attribute(0x8028, crc.to_bytes(4, "big")) + attribute(0x8022, b"")
    assert _stun.parse_request(longer)[0] == BAD_FINGERPRINT


def test_what_follows_the_signature_is_ignored() -> None:
    message = with_integrity(framed(attribute(0x0006, b"a:b") + attribute(0x0024, b"\0\0\0\7")))
    # nomination, priority, MESSAGE-INTEGRITY-SHA256 and an unknown one that must be understood
    kinds = {0x0025: b"", 0x0024: b"\0\0\0\x09", 0x001C: bytes(32), 0x7FFF: b""}
    tail = b"".join(attribute(kind, value) for kind, value in kinds.items())
    message = with_fingerprint(stun.set_body_length(message, len(message) - 20 + len(tail)) + tail)
    assert _stun.parse_request(message) == (OK, b"a:b", False, False, 7)
    assert _stun.verify_request(message, PASSWORD)


@pytest.mark.parametrize("kind", [0x0001, 0x0009, 0x001C, 0x0020, 0x7FFF, 0x0000])
def test_unknown_attribute_that_must_be_understood_is_refused(kind: int) -> None:
    message = with_fingerprint(with_integrity(framed(attribute(0x0006, b"a:b") + attribute(kind, bytes(4)))))
    assert _stun.parse_request(message)[0] == MALFORMED


@pytest.mark.parametrize("kind", [0x8000, 0x8022, 0xC001, 0xC057, 0xC070, 0xFFFF])
def test_unknown_attribute_that_may_be_ignored_is(kind: int) -> None:
    message = with_fingerprint(with_integrity(framed(attribute(0x0006, b"a:b") + attribute(kind, b"odd"))))
    assert _stun.verify_request(message, PASSWORD)


@pytest.mark.parametrize(
    "body",
    [
        attribute(0x0006, b""),
        attribute(0x0006, b"a:b") + attribute(0x0024, b"\1\2\3"),
        attribute(0x0006, b"a:b") + attribute(0x0024, bytes(8)),
        attribute(0x0006, b"a:b") + attribute(0x0025, bytes(4)),
        attribute(0x0006, b"a:b") + attribute(0x802A, bytes(4)),
        attribute(0x0006, b"a:b") + attribute(0x0008, bytes(16)),
        attribute(0x0006, b"a:b") + attribute(0x0008, bytes(32)),
        attribute(0x0006, b"a:b") + attribute(0x8028, bytes(8)),
    ],
)
def test_attribute_of_a_wrong_size_is_malformed(body: bytes) -> None:
    assert _stun.parse_request(exact(framed(body)))[0] == MALFORMED
    assert _stun.parse_request(exact(with_fingerprint(with_integrity(framed(body)))))[0] in (MALFORMED, BAD_FINGERPRINT)


def test_attribute_that_runs_past_the_end_is_malformed() -> None:
    for claimed in (1, 4, 5, 0x7FFF, 0xFFFC, 0xFFFF):
        body = bytes.fromhex("0006") + claimed.to_bytes(2, "big")
        assert _stun.parse_request(exact(framed(body)))[0] == MALFORMED


@pytest.mark.parametrize("size", [1, 2, 3])
def test_bytes_that_make_no_attribute_are_malformed(size: int) -> None:
    message = with_integrity(framed(attribute(0x0006, b"a:b")))
    longer = stun.set_body_length(message, len(message) - 20 + size) + bytes(size)
    assert _stun.parse_request(exact(longer))[0] == MALFORMED


def test_first_of_several_names_counts() -> None:
    message = with_integrity(framed(attribute(0x0006, b"a:b") + attribute(0x0006, b"c:d")))
    assert _stun.parse_request(message)[1] == b"a:b"


def test_every_truncation_is_refused() -> None:
    datagram = signed(check())
    for size in range(len(datagram)):
        assert _stun.parse_request(exact(datagram[:size]))[0] != OK
        assert _stun.answer_request(exact(datagram[:size]), SOURCE, PASSWORD) is None
    assert _stun.parse_request(exact(datagram + bytes(4)))[0] == MALFORMED


def test_every_flipped_bit_of_the_signed_part_is_refused() -> None:
    datagram = signed(check())
    for bit in range((len(datagram) - 8) * 8):
        changed = bytearray(datagram)
        changed[bit // 8] ^= 1 << bit % 8
        assert _stun.answer_request(exact(bytes(changed)), SOURCE, PASSWORD) is None


def test_signature_is_checked_without_the_help_of_the_fingerprint() -> None:
    datagram = with_integrity(framed(attribute(0x0006, b"a:b") + attribute(0x0024, bytes(4))))
    assert _stun.verify_request(datagram, PASSWORD)
    for bit in range(len(datagram) * 8):
        changed = bytearray(datagram)
        changed[bit // 8] ^= 1 << bit % 8
        assert not _stun.verify_request(exact(bytes(changed)), PASSWORD)


def test_answer_is_never_longer_than_its_question() -> None:
    request = with_integrity(framed(attribute(0x0006, b"a:b")))
    assert len(request) == 52
    assert _stun.verify_request(request, PASSWORD)
    assert _stun.answer_request(request, SOURCE, PASSWORD) is None
    for capacity in range(1, 64):
        assert _stun.answer_request(request, SOURCE, PASSWORD, capacity) is None
    assert len(_stun.answer_request(request, SOURCE, PASSWORD, 64) or b"") == 64
    assert _stun.answer_request(request, ("::1", 1), PASSWORD, 75) is None
    assert len(_stun.answer_request(request, ("::1", 1), PASSWORD, 76) or b"") == 76


def test_largest_request_is_served_and_a_larger_one_refused() -> None:
    filling = attribute(0x0006, b"a:b") + attribute(0xC071, bytes(1500 - 20 - 8 - 4 - 24))
    message = with_integrity(framed(filling))
    assert len(message) == 1500
    assert _stun.verify_request(exact(message), PASSWORD)
    message = with_integrity(framed(filling + attribute(0xC072, b"")))
    assert _stun.parse_request(exact(message))[0] == MALFORMED
