"""One HTML page about one run: self-contained, for a person.

`write` takes what `--json` prints. The page needs no network, follows light and dark, and reads on a phone.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from loadtest.report.model import describe


def write(result: dict[str, Any], path: Path) -> None:
    """The page of one result, at `path`. Raises `KeyError` for what is no result of a load, `OSError`."""
    path.write_text(render(result), encoding="utf-8")


def render(result: dict[str, Any]) -> str:
    """The same as text."""
    import jinja2

    from loadtest.report import plots

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    story = describe(result)
    return environment.get_template("page.html.jinja").render(story=story, plots=plots.draw(story.sides, story.joins))
