"""Real offers are read, negotiated and answered; aiortc reads the answers. What is no offer is refused with a code."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from aiortc.sdp import SessionDescription
from hypothesis import given
from hypothesis import strategies as st

from sfu.parameters import DtlsFingerprint, DtlsParameters, IceCandidate, IceParameters, publish_spec
from signalling.answers import write_answer, write_fragment
from signalling.fragments import parse_fragment
from signalling.negotiation import publications, receptions
from signalling.sdp import Credentials, SdpError, parse_offer

OFFERS = Path(__file__).resolve().parents[2] / "data" / "offers"
PUBLISHERS = sorted(path.name for path in OFFERS.glob("*.sdp") if "whep" not in path.name)
ICE = IceParameters(usernameFragment="ours", password="p" * 24)
CANDIDATES = [
    IceCandidate(
        foundation="host0", priority=1, ip="192.0.2.1", address="192.0.2.1", protocol="udp", port=4000, type="host"
    )
]
DTLS = DtlsParameters(fingerprints=[DtlsFingerprint(algorithm="sha-256", value=":".join(["AB"] * 32))])


def read(name: str) -> str:
    """An offer with the line ends of the wire."""
    return (OFFERS / name).read_text().replace("\r\n", "\n").replace("\n", "\r\n")


def answered(text: str) -> SessionDescription:
    offer = parse_offer(text)
    choices = {publication.section: publication.choice for publication in publications(offer)}
    return SessionDescription.parse(write_answer(offer, choices, ICE, CANDIDATES, DTLS))


def code_of(text: str) -> str:
    with pytest.raises(SdpError) as refused:
        publications(parse_offer(text))
    return refused.value.code


@pytest.mark.parametrize("name", PUBLISHERS)
def test_every_publisher_gets_an_answer_it_can_read(name: str) -> None:
    text = read(name)
    offered = SessionDescription.parse(text)
    answer = answered(text)
    assert [m.kind for m in answer.media] == [m.kind for m in offered.media]
    assert [m.rtp.muxId for m in answer.media] == [m.rtp.muxId for m in offered.media]
    for theirs, ours in zip(offered.media, answer.media, strict=True):
        if ours.kind == "application":
            assert ours.port == 0
            continue
        assert (ours.port, ours.direction, ours.rtcp_mux) == (9, "recvonly", True)
        assert ours.ice is not None and ours.dtls is not None
        assert ours.ice.usernameFragment == "ours" and ours.ice.iceLite
        assert ours.dtls.role == "server"
        known = {codec.payloadType: codec.mimeType.lower() for codec in theirs.rtp.codecs}
        assert all(known[codec.payloadType] == codec.mimeType.lower() for codec in ours.rtp.codecs)
        ids = {extension.id: extension.uri for extension in theirs.rtp.headerExtensions}
        assert all(ids[extension.id] == extension.uri for extension in ours.rtp.headerExtensions)
    assert all(len(m.ice_candidates) == 1 for m in answer.media if m.port)
    assert "a=setup:passive" in str(answer)


@pytest.mark.parametrize("name", PUBLISHERS)
def test_every_publisher_is_recognisable_on_the_wire(name: str) -> None:
    found = publications(parse_offer(read(name)))
    assert {publication.kind for publication in found} == {"audio", "video"}
    for publication in found:
        publish_spec(publication.kind, publication.parameters, standard=True)


def test_obs_is_known_by_its_ssrcs_and_has_neither_rtx_nor_transport_cc() -> None:
    audio, video = (
        publish_spec(p.kind, p.parameters, standard=True) for p in publications(parse_offer(read("obs-30.sdp")))
    )
    assert (audio.encodings, audio.extensions) == ([("", 3195721453, 0)], {})
    assert (video.codec, video.payload_type, video.rtx_payload_type) == ("H264", 96, -1)
    assert (video.encodings, video.extensions) == ([("", 3195721454, 0)], {})
    text = str(answered(read("obs-30.sdp")))
    assert "nack" in text and "goog-remb" not in text and "transport-cc" not in text
    assert "stereo=1" in text


@pytest.mark.parametrize(
    ("name", "rids"), [("chromium-simulcast.sdp", ["l", "m", "h"]), ("obs-simulcast.sdp", ["2", "1", "0"])]
)
def test_layers_of_simulcast_stand_lowest_first(name: str, rids: list[str]) -> None:
    offer = parse_offer(read(name))
    video = publications(offer)[1]
    spec = publish_spec("video", video.parameters, standard=True)
    assert [rid for rid, _, _ in spec.encodings] == rids
    assert spec.scales == [4.0, 2.0, 1.0]
    choices = {p.section: p.choice for p in publications(offer)}
    lines = write_answer(offer, choices, ICE, CANDIDATES, DTLS).splitlines()
    sent = next(line for line in read(name).splitlines() if line.startswith("a=simulcast:send "))
    assert sent.replace("send", "recv") in lines
    assert {f"a=rid:{rid} recv" for rid in rids} <= set(lines)


def test_limits_of_rids_say_which_layer_is_the_largest() -> None:
    text = read("obs-simulcast.sdp")
    for rid, height in (("0", 180), ("1", 720), ("2", 360)):
        text = text.replace(f"a=rid:{rid} send", f"a=rid:{rid} send max-height={height};max-fps=30")
    spec = publish_spec("video", publications(parse_offer(text))[1].parameters, standard=True)
    assert [rid for rid, _, _ in spec.encodings] == ["0", "2", "1"]


def test_ssrc_groups_tell_layers_and_their_repair() -> None:
    text = read("chromium.sdp")
    own = next(line for line in text.splitlines() if line.startswith("a=ssrc-group:FID"))
    text = text.replace(own, "a=ssrc-group:SIM 11 12\r\na=ssrc-group:FID 11 21\r\na=ssrc-group:FID 12 22")
    spec = publish_spec("video", publications(parse_offer(text))[1].parameters, standard=True)
    assert spec.encodings == [("", 11, 21), ("", 12, 22)]


def test_what_looks_like_a_number_stays_text() -> None:
    offer = parse_offer(read("obs-simulcast.sdp").replace("a=mid:0", "a=mid:00").replace("BUNDLE 0 1", "BUNDLE 00 1"))
    assert offer.ice == Credentials("0e12", "00000000000000000000000001")
    assert offer.sections[0].mid == "00"


def test_a_receiver_of_chromium() -> None:
    offer = parse_offer(read("chromium-whep.sdp"))
    found, numbers = receptions(offer, 3, 49)
    assert [(r.kind, r.choice.direction) for r in found] == [("audio", "sendonly"), ("video", "sendonly")]
    assert numbers.payload_types["opus"] == (111, -1)
    assert set(numbers.payload_types) == {"opus", "VP8", "VP9", "H264", "AV1"}
    h264 = next(c for c in found[1].choice.codecs if c.mimeType == "video/H264")
    assert (h264.parameters["packetization-mode"], h264.parameters["profile-level-id"]) == (1, "42e01f")
    assert set(numbers.extensions) == {"transport_cc", "audio_level", "orientation"}


def test_a_receiver_asks_for_more_than_there_is() -> None:
    text = read("chromium-whep.sdp")
    head, audio, video = text.split("m=")
    many = [video.replace("a=mid:1", f"a=mid:{n}") for n in range(1, 6)]
    text = "m=".join([head.replace("BUNDLE 0 1", "BUNDLE 0 1 2 3 4 5"), audio, *many])
    offer = parse_offer(text)
    found, _ = receptions(offer, 1, 3)
    assert [reception.section for reception in found] == [0, 1, 2, 3]
    answer = SessionDescription.parse(write_answer(offer, {r.section: r.choice for r in found}, ICE, [], DTLS))
    assert [m.port for m in answer.media] == [9, 9, 9, 9, 0, 0]


def test_a_receiver_with_other_numbers_in_another_section_gets_no_slot_there() -> None:
    text = read("chromium-whep.sdp")
    head, audio, video = text.split("m=")
    other = (
        video.replace("a=mid:1", "a=mid:2").replace(":96 ", ":77 ").replace(" 96 ", " 77 ").replace("apt=96", "apt=77")
    )
    offer = parse_offer("m=".join([head.replace("BUNDLE 0 1", "BUNDLE 0 1 2"), audio, video, other]))
    assert [reception.section for reception in receptions(offer, 3, 3)[0]] == [0, 1]


OBS = read("obs-30.sdp")


def test_no_offer_keeps_the_server_busy() -> None:
    lines = [f"a=rtpmap:{n % 128} VP8/90000\r\na=rtcp-fb:* x{n}\r\na=extmap:{n % 14 + 1} urn:{n}" for n in range(2600)]
    head, audio, video = OBS.split("m=")
    text = "m=".join([head, audio, video.replace("SAVPF 96", "SAVPF " + "96 " * 9000) + "\r\n".join(lines)])
    began = time.process_time()
    assert len(publications(parse_offer(text))) == 2
    assert time.process_time() - began < 1.0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "bad_sdp"),
        ("hello", "bad_sdp"),
        ("v=0\r\n" * 9000, "bad_sdp"),
        ("v=0\r\nm=\r\n", "bad_sdp"),
        ("v=0\r\n" + "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n" * 65, "bad_sdp"),
        (OBS.replace("a=mid:1", "a=mid:0"), "bad_sdp"),
        (OBS.replace("a=mid:1", "a=mid:" + "x" * 40), "bad_sdp"),
        (OBS.replace("a=rtpmap:96 H264/90000", "a=rtpmap:96 H264/0"), "bad_sdp"),
        (OBS.replace("ssrc:3195721454", "ssrc:99999999999"), "bad_sdp"),
        (OBS.replace("96 H264", "111 H264").replace("SAVPF 96", "SAVPF 111").replace(":96 ", ":111 "), "bad_sdp"),
        ("v=0\r\ns=-\r\n", "no_media"),
        (OBS.replace("a=group:BUNDLE 0 1\r\n", ""), "no_bundle"),
        (OBS.replace("a=ice-ufrag:QXhT\r\n", ""), "no_ice"),
        (OBS.replace("a=ice-pwd:6bQ8o7Qm2SCsWNCWGlHZ+O", "a=ice-pwd:€€€€"), "no_ice"),
        (OBS.replace("a=fingerprint:", "a=x-fingerprint:"), "no_fingerprint"),
        (OBS.replace("sha-256 8B:", "md5 8B:"), "no_fingerprint"),
        (OBS.replace("a=setup:actpass", "a=setup:passive"), "dtls_role"),
        (OBS.replace("a=rtcp-mux\r\n", ""), "nothing_to_publish"),
        (OBS.replace("a=sendonly", "a=recvonly"), "nothing_to_publish"),
        (OBS.replace("UDP/TLS/RTP/SAVPF", "RTP/AVP"), "nothing_to_publish"),
        (OBS.replace("H264", "H265"), "codec_not_supported"),
        (OBS.replace("opus/48000/2", "PCMU/8000"), "codec_not_supported"),
        (OBS.replace("packetization-mode=1", "packetization-mode=2"), "codec_not_supported"),
        (OBS.replace("profile-level-id=42e01f", "profile-level-id=7a0028"), "codec_not_supported"),
    ],
)  # fmt: skip
def test_what_cannot_be_published(text: str, code: str) -> None:
    assert code_of(text) == code


def test_one_section_needs_neither_a_bundle_nor_a_mid() -> None:
    head, audio, _ = OBS.split("m=")
    alone = "m=".join([head.replace("a=group:BUNDLE 0 1\r\n", ""), audio.replace("a=mid:0\r\n", "")])
    assert [p.kind for p in publications(parse_offer(alone))] == ["audio"]
    assert "BUNDLE" not in str(answered(alone))


def test_h264_of_encoders_comes_in_more_profiles_than_that_of_pages() -> None:
    for parameters in ("profile-level-id=4d0028;packetization-mode=1", "profile-level-id=640c1f", ""):
        text = OBS.replace("profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1", parameters)
        assert [p.kind for p in publications(parse_offer(text))] == ["audio", "video"]


# --- fragments --------------------------------------------------------------------------------------------------


def test_fragments() -> None:
    text = (
        "a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\n"
        "a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag EsAw network-id 1\r\n"
        "a=end-of-candidates\r\n"
    )
    fragment = parse_fragment(text)
    assert fragment.credentials == Credentials("EsAw", "P2uYro0UCOQ4zxjKXaWCBui1")
    assert fragment.candidates == 1
    for wrong in ("", "hello", "a=candidate:1 1 udp", "a=ice-ufrag:a", "a=ice-ufrag:aaaa\na=ice-ufrag:bbbb"):
        with pytest.raises(SdpError) as refused:
            parse_fragment(wrong)
        assert refused.value.code == "bad_fragment"


def test_a_restart_is_answered_with_a_fragment_that_is_one() -> None:
    section = parse_offer(OBS).sections[0]
    text = write_fragment(section, ["0", "1"], ICE, CANDIDATES)
    fragment = parse_fragment(text)
    assert (fragment.credentials, fragment.candidates) == (Credentials("ours", "p" * 24), 1)
    assert "a=ice-lite" in text and "a=mid:0" in text


# --- anything ---------------------------------------------------------------------------------------------------

LINES = sorted({line for path in OFFERS.glob("*.sdp") for line in path.read_text().splitlines()})
anything = st.one_of(
    st.text(max_size=2000),
    st.lists(st.one_of(st.sampled_from(LINES), st.text(max_size=40)), max_size=80).map(
        lambda lines: "\r\n".join(["v=0", *lines])
    ),
)


@given(anything)
def test_anything_is_read_or_refused(text: str) -> None:
    for judge in (publications, lambda offer: receptions(offer, 3, 49)[0]):
        try:
            offer = parse_offer(text)
            choices = {found.section: found.choice for found in judge(offer)}
        except SdpError:
            continue
        else:
            answer = write_answer(offer, choices, ICE, CANDIDATES, DTLS)
            assert answer.count("\r\nm=") == len(offer.sections)


@st.composite
def bent_offers(draw: st.DrawFn) -> str:
    """A real offer with lines lost, doubled, cut or exchanged."""
    lines = read(draw(st.sampled_from(PUBLISHERS))).splitlines()
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(1, len(lines) - 1))
        act = draw(st.sampled_from(["drop", "double", "cut", "swap"]))
        if act == "drop" and len(lines) > 2:
            del lines[at]
        elif act == "double":
            lines.insert(at, lines[at])
        elif act == "cut":
            lines[at] = lines[at][: draw(st.integers(0, len(lines[at])))]
        else:
            lines[at] = draw(st.sampled_from(LINES))
    return "\r\n".join(lines)


@given(bent_offers())
def test_bent_offers_are_answered_or_refused(text: str) -> None:
    try:
        offer = parse_offer(text)
        found = publications(offer)
    except SdpError:
        return
    else:
        assert write_answer(offer, {p.section: p.choice for p in found}, ICE, CANDIDATES, DTLS)


@given(st.text(max_size=500))
def test_any_fragment_is_read_or_refused(text: str) -> None:
    try:
        found = parse_fragment(text).candidates
    except SdpError:
        return
    assert found >= 0
