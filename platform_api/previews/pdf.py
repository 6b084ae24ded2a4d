"""Pages of a PDF as pictures. pypdfium2 (PDFium); runs in `worker`."""

from __future__ import annotations

import time
from pathlib import Path

import pypdfium2 as pdfium

from platform_api.previews.limits import Limits, NoPreview
from platform_api.previews.pictures import save
from platform_api.previews.results import PAGE_SIDE, PAGES, SIZES, Made, Result

MAX_POINTS = 14_400.0
"""Longest side of a page, 1/72 inch: what PDF 1.7 allows."""


def make(source: Path, folder: Path, limits: Limits) -> Result:
    """Draw the first pages, and the first one small and medium. Raises NoPreview.

    Half of the CPU time is for the pages; those that are drawn then are what there is.
    """
    enough = time.process_time() + limits.cpu / 2
    try:
        document = pdfium.PdfDocument(source)
    except (pdfium.PdfiumError, OSError) as error:
        raise NoPreview(str(error)) from error
    count = len(document)
    made: list[Made] = []
    for number in range(min(count, PAGES)):
        if made and time.process_time() > enough:
            break
        try:
            page = document[number]
            longer = max(page.get_size())
            if not 0.0 < longer <= MAX_POINTS:
                break
            picture = page.render(scale=PAGE_SIDE / longer).to_pil().convert("RGB")
        except pdfium.PdfiumError:
            break
        if number == 0:
            made += [save(picture, folder, name, SIZES[name]) for name in ("small", "medium")]
        made.append(save(picture, folder, f"page-{number + 1}", PAGE_SIDE))
    if not made:
        raise NoPreview("no page can be drawn")
    return Result(made, pages=count)
