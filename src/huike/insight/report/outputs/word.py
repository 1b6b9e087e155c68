"""The report as a Word file, with headings, tables and pictures that can be edited and printed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from huike.insight.report.blocks import Block, Grid, Picture, Report, Says, Things, Tiles


def write_word(made: Report, path: Path) -> None:
    """Write `made` to `path`."""
    from docx import Document
    from docx.oxml.ns import qn
    from docx.shared import Pt

    document = Document()
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(10.5)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), "Microsoft YaHei")
    document.add_heading(made.title, 0)
    document.add_paragraph(made.subtitle)
    for section in made.sections:
        document.add_heading(section.title, 1)
        for block in section.blocks:
            _add(document, block)
    document.save(str(path))


def _add(document: Any, block: Block) -> None:
    if isinstance(block, Says):
        document.add_paragraph().add_run(block.text).bold = block.strong
    elif isinstance(block, Grid):
        _table(document, block)
    elif isinstance(block, Tiles):
        rows = [(tile.name, tile.value, tile.note) for tile in block.tiles]
        _table(document, Grid(("", "", ""), rows))
    elif isinstance(block, Things):
        for place, thing in enumerate(block.things, 1):
            document.add_heading(f"{place}. {thing.title}", 2)
            document.add_paragraph(thing.why)
            for name, figure in thing.customers:
                document.add_paragraph(f"{name}: {figure}", style="List Bullet")
    elif isinstance(block, Picture):
        _picture(document, block)


def _picture(document: Any, block: Picture) -> None:
    from docx.shared import Cm

    from huike.insight.report.pictures.raster import png

    image = png(block.svg)
    if image is not None:
        document.add_picture(image, width=Cm(16))
    document.add_paragraph(block.caption).runs[0].italic = True


def _table(document: Any, block: Grid) -> None:
    if block.caption:
        document.add_paragraph(block.caption).runs[0].italic = True
    width = len(block.head)
    table = document.add_table(rows=0, cols=width, style="Light Grid Accent 1")
    for row in ([block.head] if any(block.head) else []) + list(block.rows):
        cells = table.add_row().cells
        for cell, text in zip(cells, row, strict=True):
            cell.text = text
    document.add_paragraph()
