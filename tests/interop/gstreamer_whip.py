"""Publishes a test picture and a tone over WHIP with GStreamer's webrtcbin until standard input ends.

Runs under the system's Python (Debian: python3-gi, gir1.2-gst-plugins-bad-1.0, gstreamer1.0-nice and -plugins-*), not
under the tests' own: `gstreamer_whip.py URL KEY vp8|h264`. Prints `published STATUS` and, at the end, `deleted STATUS`.
"""

import sys
import urllib.parse
import urllib.request
from typing import Any

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

VIDEO = {
    "vp8": "vp8enc deadline=1 keyframe-max-dist=60 ! rtpvp8pay picture-id-mode=15-bit ! "
    "application/x-rtp,media=video,encoding-name=VP8,payload=97",
    "h264": "openh264enc gop-size=60 ! video/x-h264,profile=constrained-baseline ! h264parse config-interval=-1 ! "
    "rtph264pay aggregate-mode=zero-latency ! application/x-rtp,media=video,encoding-name=H264,payload=97",
}


def main(url: str, key: str, codec: str) -> None:
    Gst.init(None)
    pipeline = Gst.parse_launch(
        "webrtcbin name=out bundle-policy=max-bundle "
        f"videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=25/1 ! {VIDEO[codec]} ! out. "
        "audiotestsrc is-live=true ! opusenc ! rtpopuspay ! "
        "application/x-rtp,media=audio,encoding-name=OPUS,payload=96 ! out."
    )
    webrtc = pipeline.get_by_name("out")
    loop = GLib.MainLoop()
    stream: list[str] = []

    def request(method: str, address: str, body: bytes | None = None) -> Any:
        headers = {"Authorization": f"Bearer {key}"}
        if body is not None:
            headers["Content-Type"] = "application/sdp"
        return urllib.request.urlopen(urllib.request.Request(address, body, headers, method=method), timeout=10)

    def send(element: Any, _state: Any) -> None:
        """All candidates are gathered: offer, and take the answer."""
        if element.get_property("ice-gathering-state") != GstWebRTC.WebRTCICEGatheringState.COMPLETE or stream:
            return
        description = element.get_property("local-description")
        answered = request("POST", url, description.sdp.as_text().encode())
        stream.append(urllib.parse.urljoin(url, answered.headers["Location"]))
        _, message = GstSdp.SDPMessage.new_from_text(answered.read().decode())
        answer = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, message)
        element.emit("set-remote-description", answer, None)
        print("published", answered.status, flush=True)

    def offer(element: Any) -> None:
        def created(promise: Any) -> None:
            reply = promise.get_reply()  # owns what it gives: it has to stay
            description = reply.get_value("offer")
            element.emit("set-local-description", description, None)

        element.emit("create-offer", None, Gst.Promise.new_with_change_func(created))

    webrtc.connect("on-negotiation-needed", offer)
    webrtc.connect("notify::ice-gathering-state", send)
    pipeline.set_state(Gst.State.PLAYING)
    GLib.io_add_watch(sys.stdin.fileno(), GLib.PRIORITY_DEFAULT, GLib.IOCondition.HUP, lambda *_: loop.quit())
    loop.run()
    if stream:
        print("deleted", request("DELETE", stream[0]).status, flush=True)
    pipeline.set_state(Gst.State.NULL)


main(*sys.argv[1:4])
