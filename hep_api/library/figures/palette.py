"""The colours: two families, the body's and the things', and an accent for what moves. They need no light page."""

PAPER = "#f7f5f0"
BODY, FAR = "#35506b", "#8c9fb2"
MOVED, MOVED_FAR = "#d9542b", "#e79a80"
TOP, FRONT, SIDE, ROUND, DARK = "#e6dccb", "#ddd1bb", "#d3c5ac", "#c2ab82", "#8a7653"
# What says nothing else is of the body's colour, and has an edge of paper when it has any.
INHERITED = f'fill="{BODY}" stroke="{PAPER}" stroke-width="0"'
