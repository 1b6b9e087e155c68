"""The report's pictures: columns, Lorenz, RFM grid, pyramid, CLV matrix, cohorts, curves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from huike.insight.report.pictures.drawing import ACCENT, GRID, INK, SOFT, TIERS, WARM, Sheet, shade

Point = tuple[float, float]


def columns(title: str, labels: Sequence[str], values: Sequence[float], said: Any) -> str:
    """Upright columns, one per label; `said` writes a value."""
    sheet = Sheet(720, 240, title)
    most = max([*values, 0.0]) or 1.0
    wide = 690 / max(len(values), 1)
    every = max(1, len(values) // 12)
    for place, (label, value) in enumerate(zip(labels, values, strict=True)):
        x, tall = 20 + place * wide, 180 * max(value, 0.0) / most
        sheet.box(x, 205 - tall, wide * 0.8, tall, ACCENT, f"{label}: {said(value)}")
        if place % every == 0:
            sheet.text(x + wide * 0.4, 222, label, size=11, fill=SOFT, anchor="middle")
    sheet.line([(15, 205), (715, 205)], GRID, 1)
    sheet.text(20, 16, said(most), size=11, fill=SOFT)
    return sheet.svg()


def curve(
    title: str, lines: Sequence[tuple[str, Sequence[Point], str]], *,
    x_label: str, y_label: str, diagonal: bool = False, percent: bool = True,
) -> str:  # fmt: skip
    """Lines over a common frame that starts at zero; with the diagonal for comparison if asked."""
    sheet = Sheet(460, 320, title)
    most_x = max((x for _, points, _ in lines for x, _ in points), default=1.0) or 1.0
    most_y = 1.0 if percent else max((y for _, p, _ in lines for _, y in p), default=1.0) or 1.0

    def place(x: float, y: float) -> Point:
        return 52 + 390 * x / most_x, 268 - 240 * min(y / most_y, 1.02)

    for step in range(5):
        part = step / 4
        sheet.line([place(0, part * most_y), place(most_x, part * most_y)], GRID, 1)
        label = f"{part:.0%}" if percent else f"{part * most_y:,.0f}"
        sheet.text(46, place(0, part * most_y)[1] + 4, label, size=11, fill=SOFT, anchor="end")
        end = f"{part:.0%}" if most_x <= 1.0001 else f"{part * most_x:,.0f}"
        sheet.text(place(part * most_x, 0)[0], 285, end, size=11, fill=SOFT, anchor="middle")
    if diagonal:
        sheet.line([place(0, 0), place(most_x, most_y)], SOFT, 1, "4 4")
    for name, points, colour in lines:
        sheet.line([place(x, y) for x, y in points], colour)
        if name and points:
            at = place(*points[len(points) // 2])
            sheet.text(at[0] + 8, at[1] - 6, name, size=11, fill=colour)
    sheet.text(247, 308, x_label, size=12, fill=SOFT, anchor="middle")
    sheet.text(6, 14, y_label, size=12, fill=SOFT)
    return sheet.svg()


def grid(title: str, frame: pd.DataFrame, x_label: str, y_label: str, said: Any) -> str:
    """The RFM grid: recency score across, frequency score up, number of customers inside."""
    sheet = Sheet(460, 328, title)
    counts = {
        (int(r.r), int(r.f)): (int(r.customers), float(r.monetary)) for r in frame.itertuples()
    }
    most = max((n for n, _ in counts.values()), default=1)
    for r in range(1, 6):
        sheet.text(26 + r * 76, 300, str(r), size=12, fill=SOFT, anchor="middle")
        sheet.text(56, 264 - (r - 1) * 52, str(r), size=12, fill=SOFT, anchor="end")
        for f in range(1, 6):
            n, mean = counts.get((r, f), (0, 0.0))
            x, y = 66 + (r - 1) * 76, 236 - (f - 1) * 52
            strength = math.sqrt(n / most)
            sheet.box(x, y, 72, 48, shade(strength), f"R{r} F{f}: {n:,} · {said(mean)}")
            ink = "#ffffff" if strength > 0.55 else INK
            if n:
                sheet.text(x + 36, y + 22, f"{n:,}", size=13, fill=ink, anchor="middle", bold=True)
                sheet.text(x + 36, y + 38, said(mean), size=10, fill=ink, anchor="middle")
    sheet.text(256, 320, x_label, size=12, fill=SOFT, anchor="middle")
    sheet.text(6, 14, y_label, size=12, fill=SOFT)
    return sheet.svg()


def pyramid(title: str, tiers: Sequence[tuple[str, int, float, float]]) -> str:
    """A pyramid: name, customers, share of customers, share of money, the top tier first."""
    sheet = Sheet(720, 270, title)
    colours = ("#c8992b", "#5b8fb9", "#8fb0c9", "#c9d3dc")
    tall = 60
    for place, (name, customers, part, amount) in enumerate(tiers):
        top, low = 15 + place * tall, 15 + (place + 1) * tall - 4
        half_top, half_low = 20 + place * 42, 20 + (place + 1) * 42
        shape = [(200 - half_top, top), (200 + half_top, top),
                 (200 + half_low, low), (200 - half_low, low)]  # fmt: skip
        tip = f"{name}: {customers:,} ({part:.1%}), {amount:.1%}"
        sheet.area(shape, colours[place % 4], tip)
        ink = "#ffffff" if place < 2 else INK
        sheet.text(200, top + 33, name, size=13, fill=ink, anchor="middle", bold=True)
        sheet.text(400, top + 25, f"{customers:,} · {part:.1%}", size=13)
        sheet.box(400, top + 33, 290 * amount, 12, colours[place % 4], tip)
        sheet.text(406 + 290 * amount, top + 44, f"{amount:.1%}", size=12, fill=SOFT)
    return sheet.svg()


def matrix(
    title: str,
    dots: pd.DataFrame,
    lines: Point,
    classes: dict[str, str],
    x_label: str,
    y_label: str,
) -> str:
    """The CLV matrix, every customer a dot: `name, current, future, matrix`, on root scales."""
    sheet = Sheet(720, 440, title)
    reach_x = max(float(dots["current"].quantile(0.995)), lines[0] * 2.5, 1.0)
    reach_y = max(float(dots["future"].quantile(0.995)), lines[1] * 2.5, 1.0)

    def place(current: float, future: float) -> Point:
        x = min(max(current, 0.0) / reach_x, 1.0) ** 0.33
        y = min(max(future, 0.0) / reach_y, 1.0) ** 0.33
        return 40 + 660 * x, 405 - 385 * y

    split_x, split_y = place(*lines)
    corners = {"lead": (44, 398), "iron": (44, 34), "platinum": (696, 398), "gold": (696, 34)}
    for row in dots.itertuples():
        x, y = place(row.current, row.future)
        tip = f"{row.name}: {row.current:,.0f} → {row.future:,.0f}"
        sheet.dot(x, y, 3.2, TIERS[str(row.matrix)], tip)
    sheet.line([(split_x, 20), (split_x, 405)], SOFT, 1, "5 4")
    sheet.line([(40, split_y), (700, split_y)], SOFT, 1, "5 4")
    sheet.line([(40, 20), (40, 405), (700, 405)], GRID, 1)
    for key, (x, y) in corners.items():
        anchor = "end" if x > 400 else "start"
        sheet.text(x, y, classes[key], size=15, fill=INK, anchor=anchor, bold=True)
    sheet.text(370, 430, x_label, size=12, fill=SOFT, anchor="middle")
    sheet.text(40, 13, y_label, size=12, fill=SOFT)
    return sheet.svg()


def cohorts(title: str, retention: pd.DataFrame, sizes: Sequence[int], first: str) -> str:
    """Cohorts down, months since the first purchase across, retention inside."""
    rows, wide = retention.iloc[-18:], min(retention.shape[1], 18)
    sizes = list(sizes)[-18:]
    sheet = Sheet(720, 40 + 22 * len(rows), title)
    cell = 600 / max(wide, 1)
    sheet.text(0, 16, first, size=11, fill=SOFT)
    for month in range(wide):
        sheet.text(130 + month * cell, 16, str(month), size=11, fill=SOFT, anchor="middle")
    for down, (cohort, values) in enumerate(rows.iterrows()):
        y = 24 + down * 22
        sheet.text(0, y + 15, f"{str(cohort)[:7]} ({sizes[down]:,})", size=11, fill=SOFT)
        for month, value in enumerate(list(values)[:wide]):
            if value == value:
                sheet.box(112 + month * cell, y, cell - 2, 20, shade(min(value * 1.6, 1.0)))
                ink = "#ffffff" if value > 0.35 else INK
                sheet.text(111 + (month + 0.5) * cell, y + 14, f"{value:.0%}", size=10, fill=ink,
                           anchor="middle")  # fmt: skip
    return sheet.svg()


def lorenz(title: str, frame: pd.DataFrame, x_label: str, y_label: str) -> str:
    """The Lorenz curve with the line of equality."""
    step = max(1, len(frame) // 200)
    thin = pd.concat([frame.iloc[:-200:step], frame.iloc[-200:]])
    points = [(float(r.customer_share), float(r.amount_share)) for r in thin.itertuples()]
    return curve(title, [("", points, WARM)], x_label=x_label, y_label=y_label, diagonal=True)
