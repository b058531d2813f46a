"""Files that people bring: checked by content, bounded in size and time, freed of what tells too much.

Pictures are decoded and written anew, so that neither metadata (the place a photo was taken) nor a second file
hidden in the first survives; PDFs lose metadata, scripts, embedded files and automatic actions.
"""

import hashlib
import io
import re
import warnings
from dataclasses import dataclass
from typing import BinaryIO

import pikepdf
from PIL import Image, ImageOps, UnidentifiedImageError

from stakeholder_hub.kernel.errors import Invalid, TooLarge
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.text import normalise_line

MOST_BYTES = 10_000_000
MOST_PIXELS = 40_000_000
MOST_PAGES = 500
WEB_SIDE = 1600
THUMB_SIDE = 400
LONGEST_NAME = 100

ENDINGS: dict[str, tuple[str, ...]] = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    "application/pdf": (".pdf",),
}
_PILLOW = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_UNSAFE_NAME = re.compile(r"[\x00-\x1f\x7f<>:\"/\\|?*'&;`$]+")


@dataclass(frozen=True)
class CheckedFile:
    """A file that has passed. ``variants`` maps ``original`` (and for pictures ``web``, ``thumb``) to content."""

    name: str
    media_type: str
    variants: dict[str, bytes]
    sha256: str
    width: int | None = None
    height: int | None = None
    pages: int | None = None

    @property
    def size(self) -> int:
        """Bytes of the original."""
        return len(self.variants["original"])


def check_upload(stream: BinaryIO, filename: str, *, max_bytes: int = MOST_BYTES) -> CheckedFile:
    """Check one file.

    Raises:
        TooLarge: more than ``max_bytes``.
        Invalid: an unknown kind, a broken or encrypted file, an ending that does not match the content, a picture or
            document that would take too much to open.
    """
    data = stream.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise TooLarge(_l("This file is larger than %(most)s MB. Choose a smaller one.", most=max_bytes // 1_000_000))
    if not data:
        raise Invalid(_l("This file is empty."))
    media_type = _kind(data)
    name = clean_name(filename, media_type)
    if media_type == "application/pdf":
        clean, pages = _clean_pdf(data)
        return CheckedFile(name, media_type, {"original": clean}, hashlib.sha256(clean).hexdigest(), pages=pages)
    return _clean_picture(data, name, media_type)


def _kind(data: bytes) -> str:
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data.startswith(b"%PDF-"):
        return "application/pdf"
    raise Invalid(_l("This kind of file is not taken. Choose a photo (JPEG, PNG, WebP) or a PDF."))


def clean_name(filename: str, media_type: str) -> str:
    """A name without folders, markup, invisible or control characters, with the ending of what the file is.

    Raises:
        Invalid: the ending says that the file is something else.
    """
    base = normalise_line(filename.replace("\\", "/").rsplit("/", 1)[-1][:400].replace("\x00", ""))
    base = _UNSAFE_NAME.sub(" ", base).strip(" .")
    stem, dot, ending = base.rpartition(".")
    if not dot:
        stem, ending = base, ""
    allowed = ENDINGS[media_type]
    if ending and f".{ending.lower()}" not in allowed:
        raise Invalid(_l("The name of this file ends in .%(ending)s, but it is something else.", ending=ending[:12]))
    return f"{(stem.strip() or 'file')[:LONGEST_NAME]}{allowed[0]}"


def _clean_picture(data: bytes, name: str, media_type: str) -> CheckedFile:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=list(_PILLOW)) as opened:
                if _PILLOW.get(opened.format or "") != media_type:
                    raise Invalid(_l("This picture is broken. Save it anew and try again."))
                if opened.width * opened.height > MOST_PIXELS:
                    raise Invalid(_l("This picture has too many pixels. Make it smaller."))
                opened.load()
                picture = ImageOps.exif_transpose(opened)
    except Invalid:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as bomb:
        raise Invalid(_l("This picture has too many pixels. Make it smaller.")) from bomb
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError) as broken:
        raise Invalid(_l("This picture is broken. Save it anew and try again.")) from broken
    picture = _plain_mode(picture, media_type)
    variants = {
        "original": _encode(picture, media_type),
        "web": _encode(_at_most(picture, WEB_SIDE), media_type),
        "thumb": _encode(_at_most(picture, THUMB_SIDE), media_type),
    }
    digest = hashlib.sha256(variants["original"]).hexdigest()
    return CheckedFile(name, media_type, variants, digest, picture.width, picture.height)


def _plain_mode(picture: Image.Image, media_type: str) -> Image.Image:
    has_alpha = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    mode = "RGBA" if has_alpha and media_type != "image/jpeg" else "RGB"
    plain = picture.convert(mode)
    bare = Image.new(mode, plain.size)
    bare.paste(plain)
    return bare


def _at_most(picture: Image.Image, side: int) -> Image.Image:
    smaller = picture.copy()
    smaller.thumbnail((side, side), Image.Resampling.LANCZOS)
    return smaller


def _encode(picture: Image.Image, media_type: str) -> bytes:
    target = io.BytesIO()
    if media_type == "image/jpeg":
        picture.save(target, "JPEG", quality=86, optimize=True, progressive=True)
    elif media_type == "image/png":
        picture.save(target, "PNG", optimize=False, compress_level=6)
    else:
        picture.save(target, "WEBP", quality=86, method=4)
    return target.getvalue()


def _clean_pdf(data: bytes) -> tuple[bytes, int]:
    try:
        with pikepdf.open(io.BytesIO(data), attempt_recovery=True) as document:
            if document.is_encrypted:
                raise Invalid(_l("This PDF is protected by a password. Save it without one."))
            pages = len(document.pages)
            if not 1 <= pages <= MOST_PAGES:
                raise Invalid(_l("This PDF has too many pages: at most %(most)s.", most=MOST_PAGES))
            _strip(document)
            target = io.BytesIO()
            document.save(target, linearize=False, preserve_pdfa=False)
    except pikepdf.PasswordError as locked:
        raise Invalid(_l("This PDF is protected by a password. Save it without one.")) from locked
    except (pikepdf.PdfError, ValueError, RecursionError, MemoryError, OSError) as broken:
        raise Invalid(_l("This PDF is broken. Save it anew and try again.")) from broken
    clean = target.getvalue()
    if len(clean) > 3 * MOST_BYTES:
        raise TooLarge(_l("This PDF is too large once it is unpacked."))
    return clean, pages


def _strip(document: pikepdf.Pdf) -> None:
    root = document.Root
    for key in ("/OpenAction", "/AA", "/Metadata", "/AcroForm", "/Collection", "/PieceInfo"):
        if key in root:
            del root[key]
    if "/Names" in root:
        for key in ("/JavaScript", "/EmbeddedFiles"):
            if key in root.Names:
                del root.Names[key]
    if "/Info" in document.trailer:
        del document.trailer["/Info"]
    for page in document.pages:
        for key in ("/AA", "/Metadata", "/PieceInfo"):
            if key in page.obj:
                del page.obj[key]
        _strip_annotations(page)


def _strip_annotations(page: pikepdf.Page) -> None:
    """Links to the web and within the document stay; whatever runs, sends or carries files goes."""
    annotations = page.obj.get("/Annots")
    if not isinstance(annotations, pikepdf.Array):
        return
    kept = [a for a in list(annotations.as_list()) if _is_harmless(a)]
    page.obj["/Annots"] = pikepdf.Array(kept)


def _is_harmless(annotation: pikepdf.Object) -> bool:
    if not isinstance(annotation, pikepdf.Dictionary) or annotation.get("/Subtype") != pikepdf.Name("/Link"):
        return False
    if "/AA" in annotation:
        return False
    action = annotation.get("/A")
    if action is None:
        return True
    return isinstance(action, pikepdf.Dictionary) and action.get("/S") in (
        pikepdf.Name("/GoTo"),
        pikepdf.Name("/URI"),
    )
