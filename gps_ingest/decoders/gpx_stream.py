"""How is a GPX file read point by point, in little memory and safely?

expat, told to refuse what a track never needs and an attacker does: a DOCTYPE (and with it every entity)
and endless nesting. A bad point is refused by itself; where the XML breaks off, the points before it
stand. Routes and waypoints are plans, not reports, and are passed over.
"""

from dataclasses import dataclass, field
from xml.parsers import expat

from gps_ingest.decoders.fix_batch import Decoded, batch_of, nothing_decoded
from gps_ingest.decoders.gpx_points import CHILDREN, PLACE, read_point
from models.values import DecodedFix, Refusal

MAX_DEPTH = 64  # the deepest extension in use nests six levels
MAX_TEXT = 200  # characters of a name, time or number
PIECE_BYTES = 1 << 16
NO_TIMES = "no track point has a time: positions without times prove nothing"
NO_POINTS = "has no track points"


class XmlRefused(ValueError):
    """The file is not plain XML; the message is the sentence for a person."""


@dataclass(slots=True)
class GpxReader:
    """The state of reading: where in the tree, the point under way, what was taken."""

    path: list[str] = field(default_factory=list)
    version: str | None = None
    point: dict[str, object] | None = None
    text: str | None = None
    number: int = 0
    timed: int = 0
    fixes: list[DecodedFix] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    track_name: str | None = None
    file_name: str | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        self.path.append(name)
        if len(self.path) > MAX_DEPTH:
            raise XmlRefused(f"nests deeper than {MAX_DEPTH} elements")
        if len(self.path) == 1 and name != "gpx":
            raise XmlRefused(f"is not GPX: its first element is <{name[:40]}>")
        if len(self.path) == 1:
            self.version = attributes.get("version")
        if name == "trkpt":
            self.point = {"lat": attributes.get("lat"), "lon": attributes.get("lon")}
            self.number += 1
        wanted = self.point is not None and name in CHILDREN and name not in self.point
        self.text = "" if wanted or self._names_sender() else None

    def characters(self, text: str) -> None:
        if self.text is not None and len(self.text) < MAX_TEXT:
            self.text += text

    def end(self, tag: str) -> None:
        name = self.path[-1]
        if self.text is not None:
            self._keep_text(name, self.text.strip()[:MAX_TEXT])
        self.text = None
        self.path.pop()
        if name == "trkpt" and self.point is not None:
            self._keep_point(self.point)
            self.point = None

    def _names_sender(self) -> bool:
        own = ["gpx", "metadata", "name"] if self.version == "1.1" else ["gpx", "name"]
        return self.path in (["gpx", "trk", "name"], own)

    def _keep_text(self, name: str, text: str) -> None:
        if self.point is not None:
            self.point[name] = text
        elif self.path[1] == "trk":
            self.track_name = self.track_name or text
        else:
            self.file_name = self.file_name or text

    def _keep_point(self, point: dict[str, object]) -> None:
        self.timed += bool(point.get("time"))
        fix = read_point(point, self.number)
        if isinstance(fix, list):
            self.refusals += fix
        else:
            self.fixes.append(fix)
            self.positions.append(self.number)

    def decoded(self) -> Decoded:
        """What was read; a file without any time is refused with one sentence, not one a point."""
        if self.number and not self.timed:
            return nothing_decoded("file", "time", NO_TIMES)
        if not self.number and not self.refusals:
            return nothing_decoded("file", "trkpt", NO_POINTS)
        name = self.track_name or self.file_name
        return Decoded(batch_of(self.fixes, self.positions), tuple(self.refusals), name, PLACE)


def decode_stream(body: bytes) -> Decoded:
    """All track points of a GPX 1.0 or 1.1 file, in the order of the file."""
    reader = GpxReader()
    parser = plain_parser()
    parser.StartElementHandler = reader.start
    parser.CharacterDataHandler = reader.characters
    parser.EndElementHandler = reader.end
    parser.buffer_text = True
    try:
        feed(parser, body)
    except XmlRefused as refused:
        return nothing_decoded("file", "xml", str(refused))
    except (expat.ExpatError, ValueError, LookupError) as error:
        reader.refusals.append(
            Refusal(f"line {parser.CurrentLineNumber}", "xml", f"the XML breaks off: {error}")
        )
    return reader.decoded()


def refuse_active_xml(body: bytes) -> None:
    """Go over the file once; raises XmlRefused for a DOCTYPE, deep nesting, or what is not XML at all."""
    parser = plain_parser()
    reader = GpxReader()
    parser.StartElementHandler = lambda tag, attributes: reader.start(tag, {})
    parser.EndElementHandler = lambda tag: reader.path.pop()
    try:
        feed(parser, body)
    except (expat.ExpatError, LookupError) as error:
        raise XmlRefused(f"is not XML: {error}") from None


def plain_parser() -> "expat.XMLParserType":
    """A parser that refuses a DOCTYPE before anything in it is looked at."""
    parser = expat.ParserCreate()
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def refuse_doctype(*declaration: object) -> None:
        raise XmlRefused("has a DOCTYPE, which a track never needs")

    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.EntityDeclHandler = refuse_doctype
    return parser


def feed(parser: "expat.XMLParserType", body: bytes) -> None:
    for start in range(0, len(body), PIECE_BYTES):
        parser.Parse(body[start : start + PIECE_BYTES], False)
    parser.Parse(b"", True)
