"""The report's pictures, drawn as SVG and as PNG for Word."""
