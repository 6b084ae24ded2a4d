"""A page of somebody else's, with nothing but WebRTC and fetch: it publishes to a lesson over WHIP and watches by WHEP.

Browsers read answers more strictly than anybody else, and only they send simulcast by rids.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.people import PATIENCE, TEACHER, Crowd, Person

LAYERS = [{"rid": "h"}, {"rid": "m", "scaleResolutionDownBy": 2}, {"rid": "l", "scaleResolutionDownBy": 4}]

KNOCK = """async (address, key, connection) => {
  await connection.setLocalDescription();
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/sdp", Authorization: `Bearer ${key}` },
    body: connection.localDescription.sdp,
  });
  if (answer.status !== 201) throw new Error(await answer.text());
  await connection.setRemoteDescription({ type: "answer", sdp: await answer.text() });
  return new URL(answer.headers.get("Location"), address).href;
}"""

PUBLISH = f"""async ([address, key, encodings]) => {{
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [1280, 720];
  const pen = canvas.getContext("2d");
  let n = 0;
  setInterval(() => {{
    pen.fillStyle = `hsl(${{n++ % 360}} 80% 50%)`;
    pen.fillRect(0, 0, 1280, 720);
  }}, 40);
  const [picture] = canvas.captureStream(25).getVideoTracks();
  const media = await navigator.mediaDevices.getUserMedia({{ audio: true }});
  window.publisher = new RTCPeerConnection();
  publisher.addTransceiver(media.getAudioTracks()[0], {{ direction: "sendonly" }});
  publisher.addTransceiver(picture, {{ direction: "sendonly", sendEncodings: encodings ?? [{{}}] }});
  publisher.createDataChannel("refused with port 0");
  return ({KNOCK})(address, key, publisher);
}}"""

WATCH = f"""async ([address, key]) => {{
  window.viewer = new RTCPeerConnection();
  viewer.addTransceiver("audio", {{ direction: "recvonly" }});
  for (let i = 0; i < 2; i++) viewer.addTransceiver("video", {{ direction: "recvonly" }});
  return ({KNOCK})(address, key, viewer);
}}"""

DECODED = """async ([frames, width]) => {
  const reports = [...(await viewer.getStats()).values()].filter((report) => report.type === "inbound-rtp");
  const voice = reports.find((report) => report.kind === "audio");
  return voice?.packetsReceived > 20
    && reports.some((report) => report.framesDecoded > frames && report.frameWidth === width);
}"""


def key(teacher: Person, lesson: str, kind: str) -> list[Any]:
    """Address and bearer of a new key."""
    answer = teacher.context.request.post(
        f"{teacher.serve.url}/api/v1/lessons/{lesson}/stream-keys",
        data={"kind": kind, "name": {"publish": "Document camera", "play": "Big screen"}[kind]},
    )
    assert answer.status == 201, answer.text()
    issued = answer.json()
    return [issued["whip_url"] or issued["whep_url"], issued["key"]]


@pytest.mark.parametrize("layers", [LAYERS, None], ids=["simulcast", "one layer"])
def test_a_foreign_page_publishes_and_watches(crowd: Crowd, layers: list[dict[str, Any]] | None) -> None:
    teacher = crowd.arrive(TEACHER)
    lesson = teacher.start_lesson()
    foreign = crowd.arrive(("", "Document camera"), sign_in=False)
    # Any page will do that is of another origin and has no policy of its own; browsers want it from this machine, too.
    foreign.page.route("**/favicon.ico", lambda route: route.fulfill(status=204))
    foreign.page.goto(f"{teacher.serve.running['addresses']['control']}/health")
    foreign.evaluate(PUBLISH, [*key(teacher, lesson, "publish"), layers])
    teacher.sees("Document camera", frames=10)
    teacher.hears("Document camera", energy=0.0)
    expect(teacher.page.get_by_text("Document camera").first).to_be_visible(timeout=PATIENCE)
    (tracks,) = [
        participant["tracks"]
        for participant in teacher.serve.room(lesson)["participants"]
        if participant["name"] == "Document camera"
    ]
    assert {track["source"] for track in tracks} == {"microphone", "camera"}
    if layers:
        foreign.until(
            """async () => [...(await publisher.getStats()).values()].filter((report) =>
              report.type === "outbound-rtp" && report.kind === "video" && report.framesEncoded > 5).length === 3"""
        )
    foreign.evaluate(WATCH, key(teacher, lesson, "play"))
    foreign.until(DECODED, [10, 320])  # the teacher's camera
    foreign.evaluate("publisher.close()")
    expect(teacher.page.get_by_text("Document camera")).to_have_count(0, timeout=PATIENCE)
