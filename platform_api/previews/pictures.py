"""Pictures in three sizes, upright, without what a camera wrote into them (place, time, owner).

Pillow; runs in `worker`.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from platform_api.previews.limits import Limits, NoPreview
from platform_api.previews.results import SIZES, Made, Result

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
MAX_PIXELS = 120_000_000
QUALITY = 80

Image.MAX_IMAGE_PIXELS = MAX_PIXELS


def make(source: Path, folder: Path, _limits: Limits) -> Result:
    """Draw a picture small, medium and large. Raises NoPreview."""
    try:
        with Image.open(source, formats=FORMATS) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise NoPreview("too many pixels")
            # A JPEG is read at an eighth, a quarter, a half, where that is enough.
            opened.draft("RGB", (SIZES["large"], SIZES["large"]))
            width, height = _upright(opened)
            picture = ImageOps.exif_transpose(opened)
            made = draw(picture, folder)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise NoPreview(str(error)) from error
    return Result(made, width=width, height=height)


def draw(picture: Image.Image, folder: Path) -> list[Made]:
    """Write a picture in the sizes that it has, the smallest always."""
    plain = picture.convert("RGBA" if _has_alpha(picture) else "RGB")
    made: list[Made] = []
    before = 0
    longer = max(plain.size)
    for name, side in SIZES.items():
        if longer > before:
            made.append(save(plain, folder, name, side))
        before = side
    return made


def save(picture: Image.Image, folder: Path, name: str, side: int) -> Made:
    """Write a picture no longer than `side`. What is written has no metadata: it is made of pixels only."""
    small = picture.copy()
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    small.info.clear()
    small.save(folder / name, "WEBP", quality=QUALITY, method=3)
    return Made(name, "image/webp", small.width, small.height)


def _upright(picture: Image.Image) -> tuple[int, int]:
    """Width and height as it is looked at; orientations 5 to 8 lie on their side (EXIF 2.3, tag 0x0112)."""
    # `draft` has changed `size`, not what the file says.
    width, height = _true_size(picture)
    return (height, width) if picture.getexif().get(0x0112, 1) in (5, 6, 7, 8) else (width, height)


def _true_size(picture: Image.Image) -> tuple[int, int]:
    with Image.open(picture.filename, formats=FORMATS) as again:  # type: ignore[attr-defined]
        return again.size


def _has_alpha(picture: Image.Image) -> bool:
    return "A" in picture.getbands() or "transparency" in picture.info
