"""What is offered to pages, what is taken from them, what slots promise; mediasoup-client's own code is the judge."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sfu.parameters import (
    EXTENSION_IDS,
    EXTENSION_URIS,
    ROUTER_CAPABILITIES,
    DtlsFingerprint,
    DtlsParameters,
    IceParameters,
    Kind,
    ParameterError,
    RtpParameters,
    publish_spec,
    slot_parameters,
)

ROOT = Path(__file__).resolve().parents[3]
MEDIASOUP_ORTC = ROOT / "web/node_modules/mediasoup-client/lib/ortc.js"

JUDGE = """
const ortc = require(process.argv[1]);
const { router, slots, native } = JSON.parse(require('fs').readFileSync(0));
ortc.validateAndNormalizeRtpCapabilities(router);
ortc.validateAndNormalizeRtpCapabilities(native);
const extended = ortc.getExtendedRtpCapabilities(native, router, false);
const receive = ortc.getRecvRtpCapabilities(extended);
const sent = (kind, codec) => {
  const parameters = ortc.getSendingRtpParameters(kind, extended);
  parameters.codecs = ortc.reduceCodecs(parameters.codecs, codec);
  return parameters;
};
const h264 = router.codecs.find((codec) => codec.mimeType === 'video/H264');
console.log(JSON.stringify({
  audio: sent('audio'), video: sent('video'), h264: sent('video', h264),
  canReceive: slots.map((slot) => (ortc.validateAndNormalizeRtpParameters(slot), ortc.canReceive(slot, receive))),
}));
"""


def parameters(**members: Any) -> RtpParameters:
    return msgspec.convert(members, RtpParameters)


def video(**members: Any) -> RtpParameters:
    """What mediasoup-client hands over for a camera in three layers, as seen from Chromium."""
    return parameters(
        **{
            "mid": "1",
            "codecs": [
                {"mimeType": "video/VP8", "payloadType": 96, "clockRate": 90000, "parameters": {}},
                {"mimeType": "video/rtx", "payloadType": 97, "clockRate": 90000, "parameters": {"apt": 96}},
            ],
            "headerExtensions": [
                {"uri": EXTENSION_URIS["mid"], "id": 4},
                {"uri": EXTENSION_URIS["rid"], "id": 10, "encrypt": False, "parameters": {}},
                {"uri": EXTENSION_URIS["rrid"], "id": 11},
                {"uri": EXTENSION_URIS["transport_cc"], "id": 3},
                {"uri": EXTENSION_URIS["orientation"], "id": 13},
                {"uri": "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time", "id": 2},
            ],
            "encodings": [
                {"rid": "r0", "scaleResolutionDownBy": 4, "maxBitrate": 150000, "active": True, "dtx": False},
                {"rid": "r1", "scaleResolutionDownBy": 2, "scalabilityMode": "L1T3"},
                {"rid": "r2", "scaleResolutionDownBy": 1},
            ],
            "rtcp": {"cname": "x", "reducedSize": True},
            "msid": "stream track",
            **members,
        }
    )


def audio(**members: Any) -> RtpParameters:
    return parameters(
        **{
            "mid": "0",
            "codecs": [
                {
                    "mimeType": "audio/opus",
                    "payloadType": 111,
                    "clockRate": 48000,
                    "channels": 2,
                    "parameters": {"minptime": 10, "useinbandfec": 1},
                    "rtcpFeedback": [{"type": "transport-cc", "parameter": ""}],
                }
            ],
            "headerExtensions": [
                {"uri": EXTENSION_URIS["mid"], "id": 4},
                {"uri": EXTENSION_URIS["audio_level"], "id": 1},
            ],
            "encodings": [{"ssrc": 3000000001, "dtx": False}],
            **members,
        }
    )


def test_a_camera_in_three_layers() -> None:
    spec = publish_spec("video", video())
    assert (spec.codec, spec.payload_type, spec.rtx_payload_type, spec.clock_rate, spec.mid) == (
        "VP8",
        96,
        97,
        90000,
        "1",
    )
    assert spec.encodings == [("r0", 0, 0), ("r1", 0, 0), ("r2", 0, 0)]
    assert spec.scales == [4.0, 2.0, 1.0]
    assert spec.extensions == {"mid": 4, "rid": 10, "rrid": 11, "transport_cc": 3, "orientation": 13}


def test_a_microphone() -> None:
    spec = publish_spec("audio", audio())
    assert (spec.codec, spec.payload_type, spec.rtx_payload_type, spec.clock_rate) == ("opus", 111, -1, 48000)
    assert spec.encodings == [("", 3000000001, 0)]
    assert spec.extensions == {"mid": 4, "audio_level": 1}


def test_one_layer_by_ssrc_with_repair() -> None:
    spec = publish_spec("video", video(encodings=[{"ssrc": 5, "rtx": {"ssrc": 6}}], headerExtensions=[], mid=None))
    assert spec.encodings == [("", 5, 6)]
    assert spec.scales == [1.0]
    assert spec.mid == ""


def test_layers_are_ordered_by_size_whatever_the_page_says_first() -> None:
    turned = [{"rid": "h", "scaleResolutionDownBy": 1}, {"rid": "l", "scaleResolutionDownBy": 4.0}, {"rid": "full"}]
    spec = publish_spec("video", video(encodings=turned))
    assert spec.encodings == [("l", 0, 0), ("h", 0, 0), ("full", 0, 0)]
    assert spec.scales == [4.0, 1.0, 1.0]
    # Without a word on sizes the browser scales by 4, 2, 1 in the order of the encodings.
    spec = publish_spec("video", video(encodings=[{"rid": "a"}, {"rid": "b"}, {"rid": "c"}]))
    assert [rid for rid, _, _ in spec.encodings] == ["a", "b", "c"]
    assert spec.scales == [4.0, 2.0, 1.0]


def h264(**fmtp: Any) -> list[dict[str, Any]]:
    return [{"mimeType": "video/H264", "payloadType": 107, "clockRate": 90000, "parameters": fmtp}]


def test_h264_comes_in_constrained_baseline_and_packetization_mode_1() -> None:
    for profile in ("42e01f", "42E034", "42c00d", "42e00a", "4d8028"):
        spec = publish_spec("video", video(codecs=h264(**{"packetization-mode": 1, "profile-level-id": profile})))
        assert spec.codec == "H264"
    for fmtp in (
        {"packetization-mode": 0, "profile-level-id": "42e01f"},
        {"profile-level-id": "42e01f"},
        {"packetization-mode": 1, "profile-level-id": "640c1f"},
        {"packetization-mode": 1, "profile-level-id": 640028},
        {"packetization-mode": 1, "profile-level-id": "42001f"},
        {"packetization-mode": 1, "profile-level-id": "zz001f"},
        {"packetization-mode": 1},
    ):
        with pytest.raises(ParameterError) as refused:
            publish_spec("video", video(codecs=h264(**fmtp)))
        assert refused.value.code == "codec_not_supported"


def codec(mime: str, rate: int = 90000, **members: Any) -> list[dict[str, Any]]:
    return [{"mimeType": mime, "payloadType": 100, "clockRate": rate, **members}]


@pytest.mark.parametrize(
    ("kind", "given", "code"),
    [
        ("video", video(codecs=codec("video/VP9", parameters={"profile-id": 2})), "codec_not_supported"),
        ("video", video(codecs=codec("video/AV1", parameters={"profile": 1})), "codec_not_supported"),
        ("video", video(codecs=codec("video/H265")), "codec_not_supported"),
        ("video", video(codecs=codec("video/rtx")), "codec_not_supported"),
        ("video", video(codecs=codec("video/VP8", 48000)), "codec_not_supported"),
        ("video", audio(), "codec_not_supported"),
        ("audio", video(), "codec_not_supported"),
        ("audio", audio(codecs=codec("audio/opus", 48000)), "codec_not_supported"),
        ("audio", audio(codecs=codec("audio/PCMU", 8000, channels=1)), "codec_not_supported"),
        ("video", video(codecs=codec("video/VP8") + codec("video/VP8")), "bad_parameters"),
        ("video", video(encodings=[]), "bad_encodings"),
        ("video", video(encodings=[{"rid": rid} for rid in "abcd"]), "bad_encodings"),
        ("video", video(encodings=[{"rid": "a"}, {"rid": "a"}]), "bad_encodings"),
        ("video", video(encodings=[{"rid": "a"}, {}]), "bad_encodings"),
        ("video", video(encodings=[{"ssrc": 7}, {"ssrc": 7}]), "bad_encodings"),
        ("video", video(encodings=[{"ssrc": 7, "rtx": {"ssrc": 7}}]), "bad_encodings"),
        ("video", video(headerExtensions=[]), "bad_encodings"),
        ("video", video(mid=None), "bad_encodings"),
        ("audio", audio(encodings=[{"ssrc": 1}, {"ssrc": 2}]), "bad_encodings"),
        (
            "audio",
            audio(headerExtensions=[{"uri": EXTENSION_URIS[name], "id": 1} for name in ("mid", "audio_level")]),
            "bad_parameters",
        ),
        (
            "audio",
            audio(headerExtensions=[{"uri": EXTENSION_URIS["mid"], "id": number} for number in (1, 2)]),
            "bad_parameters",
        ),
    ],
)
def test_what_cannot_be_routed_is_refused_with_a_code(kind: Kind, given: RtpParameters, code: str) -> None:
    with pytest.raises(ParameterError) as refused:
        publish_spec(kind, given)
    assert refused.value.code == code
    assert str(refused.value)


def test_encrypted_extensions_are_as_if_they_were_not_there() -> None:
    extensions = [{"uri": EXTENSION_URIS["audio_level"], "id": 1, "encrypt": True}]
    assert publish_spec("audio", audio(headerExtensions=extensions)).extensions == {}


def test_slots_differ_only_in_what_names_them() -> None:
    one = slot_parameters("video", "v1", 10, 11, "room", "stream-1")
    two = slot_parameters("video", "v2", 20, 21, "room", "stream-2")
    assert (one.mid, one.msid, one.rtcp.cname) == ("v1", "stream-1 v1", "room")
    assert one.encodings[0].ssrc == 10 and one.encodings[0].rtx is not None and one.encodings[0].rtx.ssrc == 11
    assert (one.codecs, one.headerExtensions) == (two.codecs, two.headerExtensions)
    assert slot_parameters("audio", "a1", 30, 0, "room", "stream-3").encodings[0].rtx is None


def test_a_video_slot_takes_every_codec_a_track_may_have() -> None:
    slot = slot_parameters("video", "v1", 10, 11, "room", "s")
    by_payload_type = {c.payloadType: c for c in slot.codecs}
    assert {c.mimeType for c in slot.codecs} == {f"video/{n}" for n in ("VP8", "VP9", "H264", "AV1", "rtx")}
    assert len(by_payload_type) == len(slot.codecs) == 8
    for repair in (c for c in slot.codecs if c.mimeType == "video/rtx"):
        assert by_payload_type[int(str(repair.parameters["apt"]))].payloadType == repair.payloadType - 1
    assert 127 not in by_payload_type


def test_the_wire_form_says_ice_lite_and_the_dtls_role() -> None:
    """Left out, a page would take this node for a full ICE agent, and nobody would nominate."""
    assert json.loads(msgspec.json.encode(IceParameters(usernameFragment="u", password="p")))["iceLite"] is True
    dtls = DtlsParameters(fingerprints=[DtlsFingerprint(algorithm="sha-256", value="AB:CD")])
    assert json.loads(msgspec.json.encode(dtls))["role"] == "auto"


def chromium_capabilities() -> dict[str, Any]:
    """Codecs and extensions in Chromium's order and numbering, as mediasoup-client reads them off an offer."""
    feedback = [
        {"type": "goog-remb"},
        {"type": "transport-cc"},
        {"type": "ccm", "parameter": "fir"},
        {"type": "nack"},
        {"type": "nack", "parameter": "pli"},
    ]

    def pair(mime: str, number: int, fmtp: dict[str, Any]) -> list[dict[str, Any]]:
        common = {"kind": "video", "clockRate": 90000}
        return [
            {**common, "mimeType": mime, "preferredPayloadType": number, "parameters": fmtp, "rtcpFeedback": feedback},
            {**common, "mimeType": "video/rtx", "preferredPayloadType": number + 1, "parameters": {"apt": number}},
        ]

    opus = {"kind": "audio", "mimeType": "audio/opus", "preferredPayloadType": 111, "clockRate": 48000, "channels": 2}
    constrained = {"packetization-mode": 1, "profile-level-id": "42e01f", "level-asymmetry-allowed": 1}
    ids = {"mid": 4, "rid": 10, "rrid": 11, "transport_cc": 3, "audio_level": 1, "orientation": 13}
    return {
        "codecs": [
            {**opus, "rtcpFeedback": [{"type": "transport-cc"}, {"type": "nack"}]},
            *pair("video/AV1", 45, {"level-idx": 5, "profile": 0, "tier": 0}),
            *pair("video/VP9", 98, {"profile-id": 0}),
            *pair("video/VP8", 96, {}),
            *pair("video/H264", 103, {"packetization-mode": 1, "profile-level-id": "42001f"}),
            *pair("video/H264", 107, constrained),
        ],
        "headerExtensions": [
            {"kind": kind, "uri": EXTENSION_URIS[name], "preferredId": number, "direction": "sendrecv"}
            for name, number in ids.items()
            for kind in ("audio", "video")
        ],
    }


@pytest.mark.skipif(
    not MEDIASOUP_ORTC.exists() or shutil.which("node") is None, reason="the web client's packages are not installed"
)
def test_mediasoup_client_negotiates_what_we_can_route() -> None:
    slots = [slot_parameters("audio", "a1", 1, 0, "c", "s1"), slot_parameters("video", "v1", 2, 3, "c", "s2")]
    given = {"router": ROUTER_CAPABILITIES, "slots": slots, "native": chromium_capabilities()}
    run = subprocess.run(
        ["node", "-e", JUDGE, str(MEDIASOUP_ORTC)], input=msgspec.json.encode(given), capture_output=True, check=False
    )
    assert run.returncode == 0, run.stderr.decode()
    answer = json.loads(run.stdout)
    assert answer["canReceive"] == [True, True]
    encodings = [{"rid": "r0"}, {"rid": "r1"}]
    camera = publish_spec("video", parameters(**{**answer["video"], "mid": "1", "encodings": encodings}))
    assert (camera.codec, camera.payload_type, camera.rtx_payload_type) == ("VP8", 96, 97)
    assert camera.extensions == {"mid": 4, "rid": 10, "rrid": 11, "transport_cc": 3, "orientation": 13}
    screen = publish_spec("video", parameters(**{**answer["h264"], "mid": "2", "encodings": [{"ssrc": 9}]}))
    assert (screen.codec, screen.payload_type, screen.rtx_payload_type) == ("H264", 107, 108)
    microphone = publish_spec("audio", parameters(**{**answer["audio"], "mid": "0", "encodings": [{"ssrc": 8}]}))
    assert (microphone.codec, microphone.payload_type) == ("opus", 111)
    assert microphone.extensions == {"mid": 4, "transport_cc": 3, "audio_level": 1}
    feedback = {(f["type"], f["parameter"]) for f in answer["video"]["codecs"][0]["rtcpFeedback"]}
    assert feedback == {("transport-cc", ""), ("ccm", "fir"), ("nack", ""), ("nack", "pli")}


def test_ids_towards_receivers_fit_the_one_byte_form() -> None:
    assert set(EXTENSION_IDS) == set(EXTENSION_URIS)
    assert len(set(EXTENSION_IDS.values())) == len(EXTENSION_IDS)
    assert all(1 <= number <= 14 for number in EXTENSION_IDS.values())
