"""The forwarding benchmark as a picture: what a packet costs, and the least it could cost, for every case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

OURS, LIMIT = "#12705A", "#B4C2BC"
NAMES = {
    "main": "5 x 1200 bytes,\n49 receivers",
    "large": "the same,\n2,450 keys",
    "chromium": "frames of\na Chromium",
    "uneven": "a byte apart",
    "no_gro": "receivers\nwithout GRO",
    "aes_cm": "AES-CM,\nHMAC-SHA1",
    "frame_3": "frames\nof 3",
    "frame_1": "frames\nof 1",
    "voice": "voices",
}


def draw(result: dict[str, Any], path: Path) -> None:
    """Writes the picture of one result (`forwarding.measure`); the file's ending says the format."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams["svg.hashsalt"] = "sfera"  # the same figures make the same file
    from matplotlib import pyplot as plt

    cases = {"main": result} | result.get("cases", {})
    shown = [(NAMES[name], cases[name]) for name in NAMES if name in cases]
    places = range(len(shown))
    figure, axes = plt.subplots(figsize=(10, 4.6), layout="constrained")
    axes.bar([p - 0.2 for p in places], [case["limit_ns_per_packet"] for _, case in shown], 0.38, color=LIMIT)
    bars = axes.bar([p + 0.2 for p in places], [case["ns_per_packet"] for _, case in shown], 0.38, color=OURS)
    axes.bar_label(bars, labels=[f"x {case['ratio']:.2f}" for _, case in shown], padding=3)
    axes.set_xticks(list(places), [name for name, _ in shown])
    axes.set_ylabel("ns of CPU a forwarded packet")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(["the least any program needs", "the packet worker"], frameon=False, loc="upper left")
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    plt.close(figure)
