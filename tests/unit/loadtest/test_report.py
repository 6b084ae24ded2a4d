"""The page about a run: whole, readable without a network, and honest about what it does not know."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from loadtest.report import render, write

SIDE: dict[str, Any] = {
    "seconds": 20.0, "expected": 940_000, "packets": 939_900, "delivered": 0.99989, "loss": 0.00011, "reordered": 3,
    "server_dropped": 0, "forward_p50_ms": 0.31, "forward_p95_ms": 1.2, "forward_p99_ms": 1.9,
    "cpu_s_per_million": 1.61, "rss_mib": 88.2, "engine_limited": False,
    "latency": [[0.1 * 1.03**step, 1 + step * (200 - step)] for step in range(200)],
    "timeline": {"at_s": [1.0, 2.0, 3.0], "packets_per_s": [46_000, 47_000, 47_010], "rss_mib": [88.0, 88.1, 88.2]},
    "counted": {"packets": "all, by RTP header and sequence number", "opened": 94_000},
}  # fmt: skip
LOAD = {"rooms": 1, "participants": 50, "cameras": 4, "voices": 10, "srtp": "gcm", "duration": 20.0}
RIVAL = {**LOAD, "ours": SIDE, "janus": SIDE | {"cpu_s_per_million": 16.1}, "janus_cm": SIDE, "ratio": 0.1}
JOINS = {
    "participants": 50, "joined": 50, "first_frame_p50_s": 0.3, "first_frame_p95_s": 0.6, "rss_mib": 90.0,
    "engine_limited": False, "first_frames_s": [0.2 + 0.01 * one for one in range(50)],
}  # fmt: skip


class Page(HTMLParser):
    """What a page would load, and whether its elements are closed."""

    VOID = frozenset({"meta", "br", "link", "img", "hr", "input", "path", "use"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.open: list[str] = []
        self.ids: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name in ("src", "href", "srcset", "data", "action") and not (value or "").startswith("#"):
                self.loads.append(value or "")
            if name == "id":
                self.ids.append(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open = self.open[:-1] if tag not in self.VOID else self.open

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("result", [LOAD | SIDE, RIVAL, JOINS], ids=["lesson", "rival", "join-storm"])
def test_a_page_is_whole_and_loads_nothing(result: dict[str, Any]) -> None:
    text = render(result)
    page = Page(text)
    assert page.open == [] and page.loads == []
    assert not re.search(r"https?://|@import|url\((?!#)|<script", text)
    assert len(page.ids) == len(set(page.ids))


def test_a_rival_page_says_first_what_people_came_for() -> None:
    text = Page(render(RIVAL)).text
    assert "Sfera beside Janus" in text
    assert re.search(r"0\.10\s*", text) and "of Janus's CPU a packet" in text
    assert text.index("of Janus's CPU a packet") < text.index("All figures")
    assert "16.1" in text and "1.61" in text


def test_pictures_take_their_colours_from_the_page() -> None:
    text = render(RIVAL)
    pictures = "".join(re.findall(r"<svg.*?</svg>", text, re.DOTALL))
    assert pictures.count("<svg") == 4
    assert not re.search(r"#0\d0\d0\d", pictures), "stand-ins were left"
    used = set(re.findall(r"var\((--[a-z0-9-]+)\)", pictures))
    light, dark = text.split("prefers-color-scheme: dark")[0], text.split("prefers-color-scheme: dark")[1]
    for variable in used:
        assert f"{variable}:" in light and f"{variable}:" in dark


def test_the_same_result_makes_the_same_page() -> None:
    assert render(RIVAL) == render(json.loads(json.dumps(RIVAL)))


def test_what_was_not_seen_is_said_so() -> None:
    remote = LOAD | SIDE | {"cpu_s_per_million": None, "rss_mib": None, "server_dropped": None, "timeline": {}}
    text = Page(render(remote)).text
    assert "CPU a delivered packet" not in text
    whip = {**LOAD, "ours": SIDE, "whip": remote, "ratio": None}
    assert "not seen" in Page(render(whip)).text
    nothing = remote | {"delivered": 0.0, "forward_p50_ms": None, "forward_p99_ms": None, "latency": []}
    assert "in a time not seen" in Page(render(nothing)).text


def test_doubts_stand_above_the_figures() -> None:
    text = Page(render(LOAD | SIDE | {"engine_limited": True, "loss": 0.02})).text
    assert text.index("load tester itself was the limit") < text.index("All figures")
    assert "lost 2%" in text


def test_names_from_a_file_are_text(tmp_path: Path) -> None:
    write(LOAD | SIDE | {"trace": "<img src=x onerror=alert(1)>"}, tmp_path / "page.html")
    page = Page((tmp_path / "page.html").read_text())
    assert page.loads == [] and "<img src=x" in page.text


@pytest.mark.parametrize("result", [{}, {"ours": {}}, {"minutes": 3}])
def test_what_is_no_result_is_refused(result: dict[str, Any]) -> None:
    with pytest.raises(KeyError):
        render(result)
