"""PDF files without what acts: scripts, actions, attached files, media, forms that send, metadata.

Content is never unpacked: only the structure is read, within the limits set below, and written anew, so that
bytes that belong to no object are gone as well.
"""

from collections.abc import Iterator
from io import BytesIO

import pikepdf
from pikepdf import settings

from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.i18n import _l

MOST_PAGES = 500
MOST_OBJECTS = 150_000
MOST_DEPTH = 100
"""How deep arrays and dictionaries may be nested."""

UNPACKED = 50_000_000
"""Bytes that one compressed part of the structure may unpack to."""

_ACTIONS = frozenset(
    [
        "/JavaScript",
        "/Launch",
        "/ImportData",
        "/SubmitForm",
        "/ResetForm",
        "/GoToR",
        "/GoToE",
        "/Rendition",
        "/Movie",
        "/Sound",
        "/Hide",
        "/SetOCGState",
        "/Trans",
        "/GoTo3DView",
        "/RichMediaExecute",
        "/Thread",
    ]
)
_ANNOTATIONS = frozenset(["/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D", "/TrapNet"])
_KEYS = frozenset(
    [
        "/AA",
        "/JS",
        "/JavaScript",
        "/EmbeddedFiles",
        "/EmbeddedFile",
        "/EF",
        "/AF",
        "/XFA",
        "/Metadata",
        "/PieceInfo",
        "/RichMediaContent",
        "/OpenAction",
        "/Collection",
        "/Perms",
        "/SpiderInfo",
        "/Renditions",
        "/LastModified",
    ]
)
_SCHEMES = ("http://", "https://", "mailto:")

settings.set_qpdf_limits(
    doc_max_warnings=200,
    parser_max_nesting=MOST_DEPTH,
    parser_max_container_size=1_000_000,
    max_stream_filters=4,
    flate_max_memory=UNPACKED,
    png_max_memory=UNPACKED,
    tiff_max_memory=UNPACKED,
    run_length_max_memory=UNPACKED,
    dct_max_memory=UNPACKED,
    dct_max_progressive_scans=64,
)


def clean_pdf(data: bytes) -> tuple[bytes, int]:
    """The file without what acts or tells of its makers, and its number of pages.

    Raises:
        Invalid: it is damaged, protected by a password, or has too many pages or parts.
    """
    try:
        with pikepdf.open(BytesIO(data)) as pdf:
            if pdf.is_encrypted:
                raise Invalid(
                    _l("This PDF is protected by a password. Save a copy without it and try again.")
                )
            pages = len(pdf.pages)
            if not pages:
                raise Invalid(_l("This PDF has no pages."))
            if pages > MOST_PAGES:
                raise Invalid(
                    _l("This PDF has more than %(most)s pages. Split it and try again.", most=MOST_PAGES)
                )
            if len(pdf.objects) > MOST_OBJECTS:
                raise Invalid(_l("This PDF is too complicated. Print it into a new PDF and try again."))
            for thing in _containers(pdf):
                _disarm(thing)
            for key in ("/Info", "/AdditionalStreams"):
                if key in pdf.trailer:
                    del pdf.trailer[key]
            out = BytesIO()
            pdf.save(
                out,
                deterministic_id=True,
                fix_metadata_version=False,
                preserve_pdfa=False,
                stream_decode_level=pikepdf.StreamDecodeLevel.none,
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
            )
    except pikepdf.PasswordError as locked:
        raise Invalid(
            _l("This PDF is protected by a password. Save a copy without it and try again.")
        ) from locked
    except (
        pikepdf.PdfError,
        ValueError,
        TypeError,
        KeyError,
        RuntimeError,
        MemoryError,
        RecursionError,
    ) as broken:
        raise Invalid(
            _l("This PDF is damaged and cannot be read. Print it into a new PDF and try again.")
        ) from broken
    return out.getvalue(), pages


def _containers(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Every array, dictionary and stream: the objects of the file and those that stand inside others."""
    pending = [thing for thing in pdf.objects if _is_container(thing)]
    pending.append(pdf.trailer)
    while pending:
        thing = pending.pop()
        yield thing
        inner = thing if isinstance(thing, pikepdf.Array) else [thing[key] for key in list(thing.keys())]
        pending.extend(value for value in inner if not _is_indirect(value) and _is_container(value))


def _disarm(thing: pikepdf.Object) -> None:
    if isinstance(thing, pikepdf.Array):
        for at in reversed(range(len(thing))):
            if _acts(thing[at]):
                del thing[at]
        return
    for key in list(thing.keys()):
        value = thing[key]
        if _acts(value) or (key in _KEYS and not _draws(value)):
            del thing[key]


def _acts(thing: object) -> bool:
    """Whether this is an action or an annotation that does more than show or lead to a page."""
    if not isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        return False
    if (
        "/JS" in thing
        or str(thing.get("/S", "")) in _ACTIONS
        or str(thing.get("/Type", "")) == "/EmbeddedFile"
    ):
        return True
    if str(thing.get("/S", "")) == "/URI":
        return not str(thing.get("/URI", "")).strip().lower().startswith(_SCHEMES)
    return "/Rect" in thing and str(thing.get("/Subtype", "")) in _ANNOTATIONS


def _draws(thing: object) -> bool:
    """Whether this is a font or a picture: a page may give one a name that means something else elsewhere."""
    return isinstance(thing, pikepdf.Dictionary | pikepdf.Stream) and (
        thing.get("/Type") == "/Font" or thing.get("/Subtype") in ("/Image", "/Form")
    )


def _is_container(thing: object) -> bool:
    return isinstance(thing, pikepdf.Array | pikepdf.Dictionary | pikepdf.Stream)


def _is_indirect(thing: object) -> bool:
    return isinstance(thing, pikepdf.Object) and thing.is_indirect
