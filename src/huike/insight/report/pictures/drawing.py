"""A small sheet to draw on that becomes inline SVG: no library, no script, no host."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

INK, SOFT, GRID, ACCENT, WARM = "#1f2d3d", "#6b7a8c", "#e3e8ee", "#0f6fb3", "#d9722e"
TIERS = {"gold": "#c8992b", "platinum": "#5b8fb9", "iron": "#7d8b97", "lead": "#b9bec4"}


class Sheet:
    """Shapes in pixels from the upper left corner."""

    def __init__(self, width: int, height: int, title: str) -> None:
        self.width, self.height, self.title = width, height, title
        self.parts: list[str] = []

    def box(
        self, x: float, y: float, w: float, h: float, fill: str, tip: str = "", opacity: float = 1
    ) -> None:
        """A filled rectangle; `tip` shows when the mouse rests on it."""
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(w, 0):.1f}" height="{max(h, 0):.1f}" '
            f'fill="{fill}" fill-opacity="{opacity:.3f}">{_tip(tip)}</rect>'
        )

    def dot(self, x: float, y: float, r: float, fill: str, tip: str = "") -> None:
        """A circle."""
        self.parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" fill="{fill}" fill-opacity=".65">'
            f"{_tip(tip)}</circle>"
        )

    def line(
        self, points: Sequence[tuple[float, float]], stroke: str = ACCENT, width: float = 2,
        dash: str = "",
    ) -> None:  # fmt: skip
        """A line through points."""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(
            f'<polyline points="{path}" fill="none" stroke="{stroke}" stroke-width="{width}" '
            f'stroke-dasharray="{dash}"/>'
        )

    def area(self, points: Sequence[tuple[float, float]], fill: str, tip: str = "") -> None:
        """A filled polygon."""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(f'<polygon points="{path}" fill="{fill}">{_tip(tip)}</polygon>')

    def text(
        self, x: float, y: float, text: str, *, size: int = 12, fill: str = INK,
        anchor: str = "start", bold: bool = False,
    ) -> None:  # fmt: skip
        """A line of text; `anchor` is start, middle or end."""
        weight = ' font-weight="600"' if bold else ""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{fill}" '
            f'text-anchor="{anchor}"{weight}>{escape(text)}</text>'
        )

    def svg(self) -> str:
        """The finished picture."""
        return (
            f'<svg viewBox="0 0 {self.width} {self.height}" role="img" '
            f'aria-label="{escape(self.title)}" xmlns="http://www.w3.org/2000/svg">'
            f"<title>{escape(self.title)}</title>{''.join(self.parts)}</svg>"
        )


def _tip(text: str) -> str:
    return f"<title>{escape(text)}</title>" if text else ""


def shade(strength: float, colour: tuple[int, int, int] = (15, 111, 179)) -> str:
    """A colour from nearly white (0) to full (1)."""
    part = min(max(strength, 0.0), 1.0)
    mixed = (round(245 + (tone - 245) * part) for tone in colour)
    return "#" + "".join(f"{tone:02x}" for tone in mixed)
