"""How is a GPX file read piece by piece, in little memory and safely?

expat, told to refuse what a track never needs and an attacker does: a DOCTYPE (and with it every entity)
and endless nesting. A bad point is refused by itself; where the XML breaks off, the points before it
stand. Routes and waypoints are plans, not reports, and are passed over.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import groupby
from operator import attrgetter
from typing import BinaryIO
from xml.parsers import expat

from gps_ingest.decoders.faults import Faults
from gps_ingest.decoders.fix_batch import Decoded, FixBatch, batch_of, merge, nothing_decoded
from gps_ingest.decoders.gpx_points import CHILDREN, PLACE, RawPoints, read_points
from models.values import Refusal

MAX_DEPTH = 64  # the deepest extension in use nests six levels
MAX_TEXT = 200  # characters of a name, time or number
PIECE_BYTES = 1 << 16
ROWS_A_BATCH = 10_000
MOST_KINDS = 1000  # no file has so many kinds of elements; more are not remembered
POINT = "trkpt"
WANTED = CHILDREN | {POINT}
NO_TIMES = "no track point has a time: positions without times prove nothing"
NO_TIMES_SO_FAR = "none of the first {} track points has a time: positions without times prove nothing"
NO_POINTS = "has no track points"


class XmlRefused(ValueError):
    """The file is not plain XML; the message is the sentence for a person."""


@dataclass(slots=True)
class GpxReader:
    """The state of reading: where in the tree, the point under way, the points not handed over yet."""

    parser: "expat.XMLParserType"
    path: list[str] = field(default_factory=list)  # outside of points
    depth: int = 0  # inside a point: how deep, counted from the file
    point_depth: int = 0
    version: str | None = None
    point: dict[str, str] | None = None
    child: str | None = None
    text: str = ""
    kinds: dict[str, str] = field(
        default_factory=dict
    )  # tag as written → local name, "" for what is not read
    points: RawPoints = field(default_factory=RawPoints)
    number: int = 0
    timed: int = 0
    track_name: str | None = None
    file_name: str | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        point = self.point
        if point is None:
            self._start_outside(tag, attributes)
            return
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise XmlRefused(f"nests deeper than {MAX_DEPTH} elements")
        kind = self.kinds.get(tag)
        if kind is None:
            kind = self._kind_of(tag)
        if kind == POINT:
            self._begin_point_inside(attributes)
        elif kind and kind not in point:
            self.child, self.text = kind, ""
            self.parser.CharacterDataHandler = self.characters
        elif self.child is not None:
            self._drop_text()

    def characters(self, text: str) -> None:
        """Text of an element that is read; called for no other."""
        if len(self.text) < MAX_TEXT:
            self.text += text

    def end(self, tag: str) -> None:
        """An element ends."""
        point = self.point
        if point is None:
            self._end_outside()
            return
        if self.child is not None:
            point[self.child] = self.text.strip()[:MAX_TEXT]
            self._drop_text()
        elif self.depth == self.point_depth:
            self._end_point(point)
        self.depth -= 1

    def _kind_of(self, tag: str) -> str:
        name = tag.rpartition(":")[2]
        kind = name if name in WANTED else ""
        if len(self.kinds) < MOST_KINDS:
            self.kinds[tag] = kind
        return kind

    def _begin_point(self, attributes: dict[str, str]) -> None:
        self.number += 1
        self.point = {}
        self.point_depth = self.depth
        self.points.lats.append(attributes.get("lat"))
        self.points.lons.append(attributes.get("lon"))

    def _begin_point_inside(self, attributes: dict[str, str]) -> None:
        """A point within a point, as no schema allows: the inner one counts, the outer one is forgotten."""
        self.path += [""] * (self.depth - 1 - len(self.path))
        self.points.drop_unfinished()
        self._drop_text()
        self._begin_point(attributes)

    def _end_point(self, point: dict[str, str]) -> None:
        time = point.pop("time", None)
        self.timed += bool(time)
        self.points.finish(self.number, time, point)
        self.point = None

    def _drop_text(self) -> None:
        self.child = None
        self.parser.CharacterDataHandler = None

    def _start_outside(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if len(self.path) >= MAX_DEPTH:
            raise XmlRefused(f"nests deeper than {MAX_DEPTH} elements")
        if not self.path:
            refuse_other_root(name)
            self.version = attributes.get("version")
        if self.child is not None:
            self._drop_text()
        if name == POINT:
            self.depth = len(self.path) + 1
            self._begin_point(attributes)
            return
        self.path.append(name)
        if self._names_sender():
            self.child, self.text = name, ""
            self.parser.CharacterDataHandler = self.characters

    def _end_outside(self) -> None:
        if self.child is not None:
            text = self.text.strip()[:MAX_TEXT]
            if self.path[1] == "trk":
                self.track_name = self.track_name or text
            else:
                self.file_name = self.file_name or text
            self._drop_text()
        self.path.pop()

    def _names_sender(self) -> bool:
        own = ["gpx", "metadata", "name"] if self.version == "1.1" else ["gpx", "name"]
        return self.path in (["gpx", "trk", "name"], own)


class GpxStream:
    """A file that is being read: `batches` hands over what came, `device_code` and `fault` say the rest."""

    def __init__(self, source: BinaryIO, rows_a_batch: int = ROWS_A_BATCH) -> None:
        self._source, self._rows = source, rows_a_batch
        self._parser = plain_parser()
        self._reader = GpxReader(self._parser)
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._reader.start
        self._parser.EndElementHandler = self._reader.end
        self.fault: Refusal | None = None  # the file as a whole is refused, points taken before included

    def batches(self) -> Iterator[tuple[FixBatch, list[Refusal]]]:
        """The points in batches of about the size asked for, in the order of the file; the last one may
        be empty. As long as no point had a time, refusals are held back: then one sentence will do, and
        nothing is read beyond the first batch."""
        broken: list[Refusal] = []
        try:
            while piece := self._source.read(PIECE_BYTES):
                self._parser.Parse(piece, False)
                if len(self._reader.points) >= self._rows:
                    if not self._reader.timed:
                        self.fault = Refusal("file", "time", NO_TIMES_SO_FAR.format(self._reader.number))
                        return
                    yield read_points(self._reader.points.take())
            self._parser.Parse(b"", True)
        except XmlRefused as refused:
            self.fault = Refusal("file", "xml", str(refused))
            return
        except (expat.ExpatError, ValueError, LookupError) as error:
            line = self._parser.CurrentLineNumber
            broken.append(Refusal(f"line {line}", "xml", f"the XML breaks off: {error}"))
        self._reader.points.drop_unfinished()
        self.fault = self._fault_of_all(bool(broken))
        batch, refusals = read_points(self._reader.points.take())
        yield batch, refusals + broken

    def _fault_of_all(self, broken: bool) -> Refusal | None:
        if self._reader.number and not self._reader.timed:
            return Refusal("file", "time", NO_TIMES)
        if not self._reader.number and not broken:
            return Refusal("file", "trkpt", NO_POINTS)
        return None

    @property
    def points_read(self) -> int:
        return self._reader.number - (self._reader.point is not None)

    @property
    def device_code(self) -> str | None:
        """The name of the first track, or the file's own; known once the file is read."""
        return self._reader.track_name or self._reader.file_name


def decode_stream(body: bytes) -> Decoded:
    """All track points of a GPX 1.0 or 1.1 file, in the order of the file."""
    stream = GpxStream(BytesIO(body))
    batches, faults = [batch_of([], [])], Faults()
    for batch, refused in stream.batches():
        batches.append(batch)
        faults.good += len(batch)
        for _, of_point in groupby(refused, key=attrgetter("place")):
            faults.refuse(list(of_point))
        if faults.in_vain:
            read = stream.points_read
            faults.stop(PLACE.format(read + 1), body.count(b"<trkpt") - read)
            break
    if stream.fault is not None:
        return nothing_decoded(stream.fault.place, stream.fault.field, stream.fault.reason)
    return Decoded(merge(batches), faults.refusals, stream.device_code, PLACE)


def refuse_active_xml(body: bytes) -> None:
    """Go over the file once; raises XmlRefused for a DOCTYPE, deep nesting, or what is not XML at all."""
    parser = plain_parser()
    depth = 0

    def start(tag: str, _attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise XmlRefused(f"nests deeper than {MAX_DEPTH} elements")
        if depth == 1:
            refuse_other_root(tag.rpartition(":")[2])

    def end(_tag: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        for first in range(0, len(body), PIECE_BYTES):
            parser.Parse(body[first : first + PIECE_BYTES], False)
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError) as error:
        raise XmlRefused(f"is not XML: {error}") from None


def refuse_other_root(name: str) -> None:
    """Raises XmlRefused unless the first element is GPX's."""
    if name != "gpx":
        raise XmlRefused(f"is not GPX: its first element is <{name[:40]}>")


def plain_parser() -> "expat.XMLParserType":
    """A parser that refuses a DOCTYPE before anything in it is looked at."""
    parser = expat.ParserCreate()
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def refuse_doctype(*declaration: object) -> None:
        raise XmlRefused("has a DOCTYPE, which a track never needs")

    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.EntityDeclHandler = refuse_doctype
    return parser
