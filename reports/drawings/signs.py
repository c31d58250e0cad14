"""Which small signs stand in a print: verdict shapes, legend samples, the QR code?"""

import segno
from markupsafe import Markup

from models.vocabulary import VerdictValue
from reports.drawings.map_marks import ALERT
from reports.drawings.map_places import INK
from reports.drawings.map_track import CORRIDOR_EDGE, CORRIDOR_FILL, GAP_INK, shade
from reports.drawings.svg import drawing, tag

QUIET_MODULES = 4  # the empty margin that a reader of QR codes needs (ISO/IEC 18004)
SAMPLE_WIDTH, SAMPLE_HEIGHT = 30.0, 10.0


def verdict_sign(verdict: VerdictValue, title: str, size: float = 34.0) -> Markup:
    """● consistent, ◌ insufficient, ▲ contradicted, ○ pending: the shape says it without colour."""
    middle = size / 2
    if verdict is VerdictValue.CONTRADICTED:
        corners = f"M{middle} {size * 0.08:.1f}L{size * 0.96:.1f} {size * 0.9:.1f}H{size * 0.04:.1f}z"
        return drawing(size, size, title, [tag("path", d=corners, fill=ALERT)])
    ring = {"cx": middle, "cy": middle, "r": middle * 0.8}
    if verdict is VerdictValue.CONSISTENT:
        return drawing(size, size, title, [tag("circle", **ring, fill=INK)])
    dashes = "4.2 4.35" if verdict is VerdictValue.INSUFFICIENT else None
    circle = tag("circle", **ring, fill="none", stroke=INK, stroke_width=3.2, stroke_dasharray=dashes)
    return drawing(size, size, title, [circle])


def legend_sample(symbol: str, title: str) -> Markup:
    """How one thing looks on the map, small."""
    middle, wide = SAMPLE_HEIGHT / 2, SAMPLE_WIDTH
    across = {"x1": 1.0, "y1": middle, "x2": wide - 1, "y2": middle}
    shapes = {
        "place": [tag("circle", cx=wide - 8, cy=middle, r=4.6, fill=INK)],
        "corridor": [
            tag("rect", y=1, width=wide, height=SAMPLE_HEIGHT - 2, fill=CORRIDOR_FILL, fill_opacity=0.55),
            tag("line", **across, stroke=CORRIDOR_EDGE, stroke_width=0.9, stroke_dasharray="0.8 2.4"),
        ],
        "track": [
            tag(
                "rect",
                x=step * wide / 6,
                y=middle - 1.4,
                width=wide / 6 + 0.2,
                height=2.8,
                fill=shade(step / 5),
            )
            for step in range(6)
        ],
        "gap": [tag("line", **across, stroke=GAP_INK, stroke_width=1.8, stroke_dasharray="5 3.5")],
        "off_route_part": [tag("line", **across, stroke=ALERT, stroke_width=5.2)],
        "stop": [
            tag("circle", cx=wide - 8, cy=middle, r=4, fill="#fff", stroke=ALERT, stroke_width=1.8),
            tag("circle", cx=wide - 8, cy=middle, r=1.7, fill=ALERT),
        ],
        "jump": [tag("line", **across, stroke=ALERT, stroke_width=1.4, stroke_dasharray="1.4 2.8")],
    }
    return drawing(wide, SAMPLE_HEIGHT, title, shapes[symbol])


def qr_code(address: str, title: str, size: float) -> Markup:
    """A QR code of an address, black on white, as one path."""
    matrix = segno.make(address, error="m", micro=False).matrix
    modules = len(matrix) + 2 * QUIET_MODULES
    squares = "".join(
        f"M{column + QUIET_MODULES} {row + QUIET_MODULES}h1v1h-1z"
        for row, line in enumerate(matrix)
        for column, dark in enumerate(line)
        if dark
    )
    ground = tag("rect", width=modules, height=modules, fill="#fff")
    title_tag, code = tag("title", title), tag("path", d=squares, fill="#000")
    box = f"0 0 {modules} {modules}"
    return tag(
        "svg",
        title_tag,
        ground,
        code,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=box,
        width=size,
        height=size,
    )
