"""The report's own SVG pictures as PNG, for Word, which cannot show SVG everywhere."""

from __future__ import annotations

import io
import os
import subprocess
import xml.etree.ElementTree as ET
from functools import cache
from typing import Any

_SCALE = 2.0
_ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}


def png(svg: str) -> io.BytesIO | None:
    """The picture at twice its size; knows the shapes that `drawing.Sheet` makes, no others.

    None where no font for its words is found: a picture without words would mislead.
    """
    from PIL import Image, ImageDraw

    if _font_file() is None:
        return None
    root = ET.fromstring(svg)
    width, height = (float(part) for part in root.get("viewBox", "0 0 1 1").split()[2:])
    image = Image.new("RGB", (round(width * _SCALE), round(height * _SCALE)), "white")
    draw = ImageDraw.Draw(image, "RGBA")
    for element in root:
        _draw(draw, element.tag.rpartition("}")[2], element)
    stream = io.BytesIO()
    image.save(stream, "PNG", optimize=True)
    stream.seek(0)
    return stream


def _draw(draw: Any, kind: str, element: ET.Element) -> None:
    def at(name: str) -> float:
        return float(element.get(name, "0")) * _SCALE

    if kind == "rect":
        corner = at("x") + at("width"), at("y") + at("height")
        draw.rectangle((at("x"), at("y"), *corner), fill=element.get("fill"))
    elif kind == "circle":
        x, y, r = at("cx"), at("cy"), at("r")
        colour = element.get("fill", "#000000")
        draw.ellipse((x - r, y - r, x + r, y + r), fill=colour + "a6")
    elif kind == "polygon":
        draw.polygon(_points(element), fill=element.get("fill"))
    elif kind == "polyline" and len(_points(element)) > 1:
        width = max(1, round(at("stroke-width")))
        draw.line(_points(element), fill=element.get("stroke"), width=width)
    elif kind == "text":
        anchor = _ANCHORS[element.get("text-anchor", "start")]
        font = _font(round(at("font-size")))
        draw.text((at("x"), at("y")), element.text or "", fill=element.get("fill"), font=font,
                  anchor=anchor)  # fmt: skip


def _points(element: ET.Element) -> list[tuple[float, float]]:
    pairs = (pair.split(",") for pair in element.get("points", "").split())
    return [(float(x) * _SCALE, float(y) * _SCALE) for x, y in pairs]


@cache
def _font(size: int) -> Any:
    from PIL import ImageFont

    return ImageFont.truetype(str(_font_file()), size)


@cache
def _font_file() -> str | None:
    """A font that has Chinese, as the system's own list names it."""
    try:
        said = subprocess.run(
            ["fc-match", "-f", "%{file}", "sans:lang=zh-cn"],
            capture_output=True, text=True, timeout=20, check=True,
        ).stdout  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        said = ""
    if said:
        return said
    for known in ("C:/Windows/Fonts/msyh.ttc", "/System/Library/Fonts/PingFang.ttc"):
        if os.path.exists(known):
            return known
    return None
