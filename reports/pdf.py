"""How does finished HTML become a PDF/A-3u that stands on its own? (The only file that imports WeasyPrint.)

Tagged, with title and language, whole open fonts subset and embedded, and the data attached with the
relationship `Data` (ISO 19005-3, 6.8). The renderer may open the project's own files under one folder
and nothing else: no network, no other file. The same input gives the same bytes.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import weasyprint
from weasyprint.css import ColorProfile
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

FONTS: Final = Path(__file__).resolve().parent / "fonts"
FONT_FILES: Final = ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf")
VARIANT: Final = "pdf/a-3u"

weasyprint.LOGGER.setLevel(logging.ERROR)  # hints about CSS belong to development, not to a server's log


class PdfError(RuntimeError):
    """A PDF could not be made; the message says what is missing."""


class ForbiddenAddress(FatalURLFetchingError):  # type: ignore[misc]  # WeasyPrint ships no types
    """The document asked for something that is not a file of the project."""


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file inside the PDF: `name` with its ending, what it is, and its content."""

    name: str
    description: str
    content: bytes


class OwnFiles(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
    """Opens files under one folder; anything else ends the rendering."""

    def __init__(self, root: Path) -> None:
        super().__init__(allowed_protocols=("file",), allow_redirects=False)
        self._root = root.resolve()

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """The file behind a file: address; raises ForbiddenAddress for every other address."""
        parts = urlsplit(url)
        path = Path(unquote(parts.path)).resolve()
        if (
            parts.scheme != "file"
            or parts.netloc not in ("", "localhost")
            or not path.is_relative_to(self._root)
        ):
            raise ForbiddenAddress(f"a print may not open {url}")
        return URLFetcherResponse(url, path.read_bytes())


def write_pdf(
    html: str,
    *,
    title: str,
    lang: str,
    attachments: Sequence[AttachedFile],
    made_at: datetime,
    fetch_root: Path,
) -> bytes:
    """The PDF of a whole HTML document whose relative addresses start at `fetch_root`.

    `made_at` (aware) dates the document and its attachments. Raises PdfError when fonts are missing, when
    the document has another title or language than it should, or when it asks for a foreign file.
    """
    require_fonts()
    source = weasyprint.HTML(
        string=html, base_url=f"{fetch_root.resolve().as_uri()}/", url_fetcher=OwnFiles(fetch_root)
    )
    try:
        document = source.render(pdf_variant=VARIANT, pdf_tags=True, color_profiles={"srgb": _srgb()})
    except ForbiddenAddress as refusal:
        raise PdfError(str(refusal)) from refusal
    if (document.metadata.title, document.metadata.lang) != (title, lang):
        raise PdfError(
            f"the document says title {document.metadata.title!r}, language {document.metadata.lang!r}"
        )
    document.metadata.attachments = [
        _attachment(each, made_at) for each in sorted(attachments, key=lambda a: a.name)
    ]
    pdf: bytes = document.write_pdf(
        finisher=_finish, pdf_variant=VARIANT, pdf_tags=True, output_intent="given above"
    )
    return pdf


def require_fonts() -> None:
    """Raise PdfError naming the fonts that `make install` has not brought yet."""
    missing = [name for name in FONT_FILES if not (FONTS / name).is_file()]
    if missing:
        raise PdfError(f"fonts are missing: {', '.join(missing)}; run: make install")


def _srgb() -> ColorProfile:
    """WeasyPrint's own output intent, read here because it would leave the file open."""
    content = (files("weasyprint") / "pdf" / "sRGB2014.icc").read_bytes()
    return ColorProfile(BytesIO(content), "sRGB2014.icc", "relative-colorimetric", (["r"], ["g"], ["b"]))


def _attachment(file: AttachedFile, made_at: datetime) -> weasyprint.Attachment:
    return weasyprint.Attachment(
        string=file.content,
        name=file.name,
        description=file.description,
        created=made_at,
        modified=made_at,
        relationship="Data",
    )


def _finish(document: Any, pdf: Any) -> None:
    """Name each associated file once: WeasyPrint lists them twice in the catalogue."""
    if "AF" in pdf.catalog:
        pdf.catalog["AF"][:] = dict.fromkeys(pdf.catalog["AF"])
