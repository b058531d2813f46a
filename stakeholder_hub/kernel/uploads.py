"""Files that people bring: told by their content, bounded, freed of metadata and of everything that acts.

Pictures are decoded and written anew, so that nothing but the picture is left; PDFs are taken apart and saved
without scripts, actions, attached files and metadata. What cannot be made safe is refused with a reason.
"""

import hashlib
import re
import struct
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from PIL import Image, ImageCms, ImageOps

from stakeholder_hub.kernel.errors import Invalid, Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.pdf import clean_pdf
from stakeholder_hub.kernel.text import normalise_line

WEB_SIDE = 1600
THUMBNAIL_SIDE = 320
LONGEST_SIDE = 4096
"""Pixels of the longer side: of the copy for pages, of the small one, and of what is kept as the original."""

VARIANT_TYPE = "image/webp"
"""Media type of the ``web`` and ``thumb`` variants of every picture."""

MOST_PIXELS = {"JPEG": 60_000_000, "PNG": 25_000_000, "WEBP": 25_000_000, "GIF": 25_000_000}
"""Decoding takes four bytes a pixel; a large JPEG is decoded at a half or a quarter of its size."""
MOST_PROGRESSIVE_PIXELS = 25_000_000
MOST_SCANS = 64
"""A progressive JPEG is decoded as a whole, and once for each of its scans."""
LONGEST_NAME = 100

_KINDS = {"JPEG": (".jpg", "image/jpeg"), "PNG": (".png", "image/png"), "WEBP": (".webp", "image/webp")}
_EXTENSIONS = {
    ".jpg": "JPEG", ".jpeg": "JPEG", ".jpe": "JPEG", ".jfif": "JPEG",
    ".png": "PNG", ".webp": "WEBP", ".gif": "GIF", ".pdf": "PDF",
}  # fmt: skip
_UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    struct.error,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    MemoryError,
    ZeroDivisionError,
)
"""What Pillow raises on pictures that are broken by chance or by design."""

_UNSAFE = re.compile(r"[<>:\"'|?*&%$`;{}\\/#~^=\[\]]+")

Image.MAX_IMAGE_PIXELS = max(MOST_PIXELS.values())


@dataclass(frozen=True)
class CheckedFile:
    """A file that may be kept.

    ``width`` and ``height`` are in pixels, ``pages`` is of a PDF; ``web`` and ``thumbnail`` are the smaller
    copies of a picture, of type :data:`VARIANT_TYPE`.
    """

    name: str
    media_type: str
    data: bytes
    sha256: str
    width: int | None = None
    height: int | None = None
    pages: int | None = None
    web: bytes | None = None
    thumbnail: bytes | None = None

    @property
    def size(self) -> int:
        """Bytes of the file as it is kept."""
        return len(self.data)

    def variants(self) -> dict[str, bytes]:
        """What to put into the storage, by the name of the variant."""
        made = {"original": self.data, "web": self.web, "thumb": self.thumbnail}
        return {name: data for name, data in made.items() if data is not None}


def check_upload(
    stream: BinaryIO, filename: str | None, *, max_bytes: int, field: str | None = None
) -> CheckedFile:
    """Read, check and clean an uploaded file: a JPEG, PNG, WebP or GIF picture (its first frame) or a PDF.

    Raises:
        Invalid: it is empty, larger than ``max_bytes``, of another type, of a type its name denies, broken,
            protected or too large once unpacked. ``field`` names the form field.
    """
    try:
        data = stream.read(max_bytes + 1)
        if len(data) > max_bytes:
            raise Invalid(_too_large(max_bytes))
        kind = _kind(data)
        extension = _extension(filename or "")
        if extension in _SUSPECT or (extension in _EXTENSIONS and _EXTENSIONS[extension] != kind):
            raise Invalid(
                _l("The name of this file ends in %(ending)s, but it holds something else.", ending=extension)
            )
        return _pdf(data, filename) if kind == "PDF" else _picture(data, kind, filename)
    except Invalid as refused:
        refused.field = refused.field or field
        raise


def clean_name(filename: str | None, extension: str) -> str:
    """A name that is safe to show and to save under: no path, markup, overrides of direction or NUL (H15).

    ``extension``, with its dot, is the one that the content has earned.
    """
    last = re.split(r"[/\\]", (filename or "")[-1000:])[-1]
    whole = last.encode("utf-8", "ignore").decode()
    try:
        line = normalise_line(_UNSAFE.sub(" ", whole))
    except Invalid:
        line = ""
    known = _extension(line)
    stem = line[: -len(known)] if known in _EXTENSIONS else line
    stem = re.sub(r"\s+", " ", stem).strip(" .-_")[: LONGEST_NAME - len(extension)].strip(" .-_")
    return (stem or "file") + extension


def _extension(filename: str) -> str:
    found = re.search(r"\.[A-Za-z0-9]{1,10}$", filename.strip())
    return found[0].lower() if found else ""


_SUSPECT = frozenset(
    [
        ".svg",
        ".svgz",
        ".html",
        ".htm",
        ".xhtml",
        ".xml",
        ".js",
        ".mjs",
        ".css",
        ".php",
        ".exe",
        ".bat",
        ".cmd",
        ".com",
        ".scr",
        ".msi",
        ".jar",
        ".ps1",
        ".vbs",
        ".hta",
        ".lnk",
        ".sh",
        ".swf",
        ".docm",
        ".xlsm",
        ".zip",
        ".docx",
        ".xlsx",
        ".odt",
        ".doc",
        ".xls",
        ".heic",
        ".avif",
        ".tif",
        ".tiff",
        ".bmp",
        ".ico",
        ".mp4",
        ".mov",
    ]
)
"""Endings that deny that the file is one of ours, whatever it holds."""


def _kind(data: bytes) -> str:
    if not data:
        raise Invalid(_l("This file is empty."))
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data.startswith(b"%PDF-"):
        return "PDF"
    raise Invalid(_not_ours(data))


def _not_ours(data: bytes) -> Reason:
    head = data[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"hevc", b"heim"):
        return _l("Pictures in the HEIC format cannot be shown everywhere. Save it as JPEG and try again.")
    if b"<svg" in head:
        return _l("Drawings in the SVG format can hold programs. Save it as PNG or PDF and try again.")
    if head.startswith((b"<", b"<!doctype")):
        return _l("Web pages cannot be attached. Save it as PDF, or put a link into your text.")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _l("Office documents and archives cannot be attached. Save it as PDF and try again.")
    return _l("This kind of file cannot be attached. Pictures (JPEG, PNG, WebP, GIF) and PDF files can.")


def _too_large(max_bytes: int) -> Reason:
    return _l(
        "This file is larger than %(most)s MB. Make it smaller and try again.",
        most=max(1, max_bytes // 1_000_000),
    )


def _unreadable() -> Reason:
    return _l("This picture is damaged and cannot be read. Try to open it on your device and save it anew.")


def _pdf(data: bytes, filename: str | None) -> CheckedFile:
    cleaned, pages = clean_pdf(data)
    return CheckedFile(
        name=clean_name(filename, ".pdf"),
        media_type="application/pdf",
        data=cleaned,
        sha256=hashlib.sha256(cleaned).hexdigest(),
        pages=pages,
    )


def _picture(data: bytes, kind: str, filename: str | None) -> CheckedFile:
    try:
        image = _decode(data, kind)
        kept = kind if kind in _KINDS else "PNG"
        original = _encode(image, kept)
        web = _smaller(image, WEB_SIDE)
        copies = _encode(web, "WEBP"), _encode(_smaller(web, THUMBNAIL_SIDE), "WEBP")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise Invalid(_too_many_points(kind)) from bomb
    except _UNREADABLE as broken:
        raise Invalid(_unreadable()) from broken
    extension, media_type = _KINDS[kept]
    return CheckedFile(
        name=clean_name(filename, extension),
        media_type=media_type,
        data=original,
        sha256=hashlib.sha256(original).hexdigest(),
        width=image.width,
        height=image.height,
        web=copies[0],
        thumbnail=copies[1],
    )


def _decode(data: bytes, kind: str) -> Image.Image:
    """The picture upright, in sRGB, nothing but its pixels. The size is looked at before any pixel is."""
    if kind == "WEBP":
        _check_pixels(_webp_pixels(data), kind)
    with Image.open(BytesIO(data), formats=[kind]) as probe:
        _check_pixels(probe.width * probe.height, kind, progressive=bool(probe.info.get("progressive")))
        probe.verify()
    if (
        kind == "JPEG" and data.count(b"\xff\xda") > MOST_SCANS
    ):  # inside picture data 0xFF is always followed by 0
        raise Invalid(_unreadable())
    with Image.open(BytesIO(data), formats=[kind]) as image:
        if kind == "JPEG":
            image.draft(None, (LONGEST_SIDE * 3 // 4, LONGEST_SIDE * 3 // 4))
        image.load()
        picture = _plain_mode(_upright(image))
    picture.info.clear()
    return _smaller(picture, LONGEST_SIDE)


def _check_pixels(pixels: int, kind: str, *, progressive: bool = False) -> None:
    if pixels > MOST_PIXELS[kind] or (progressive and pixels > MOST_PROGRESSIVE_PIXELS):
        raise Invalid(_too_many_points(kind, progressive=progressive))


def _too_many_points(kind: str, *, progressive: bool = False) -> Reason:
    most = min(MOST_PIXELS[kind], MOST_PROGRESSIVE_PIXELS) if progressive else MOST_PIXELS[kind]
    return _l(
        "This picture has more than %(most)s million points. Make it smaller and try again.",
        most=most // 1_000_000,
    )


def _webp_pixels(data: bytes) -> int:
    """The size of the canvas out of the header: Pillow would set memory aside for it on opening."""
    if data[12:16] == b"VP8X" and len(data) >= 30:
        return (1 + int.from_bytes(data[24:27], "little")) * (1 + int.from_bytes(data[27:30], "little"))
    return 0  # the simple formats are bounded by 14 bits a side and are read without a canvas


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except _UNREADABLE:  # broken Exif data is dropped anyway
        return image.copy()


def _plain_mode(image: Image.Image) -> Image.Image:
    """RGB, RGBA or grey, in sRGB: the profile is applied because it goes."""
    profile = image.info.get("icc_profile")
    if image.mode == "I;16":
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if profile and image.mode in ("RGB", "CMYK"):
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(
                image, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            image = converted or image
        except (ImageCms.PyCMSError, *_UNREADABLE):
            pass  # without a usable profile the colours are taken as they are
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image if image.mode in ("RGB", "L") else image.convert("RGB")


def _smaller(image: Image.Image, side: int) -> Image.Image:
    if max(image.size) <= side:
        return image
    scale = side / max(image.size)
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _encode(image: Image.Image, kind: str) -> bytes:
    out = BytesIO()
    if kind == "JPEG":
        opaque = image if image.mode in ("RGB", "L") else image.convert("RGB")
        opaque.save(out, "JPEG", quality=88, optimize=True, progressive=True)
    elif kind == "PNG":
        image.save(out, "PNG")
    else:
        image.save(out, "WEBP", quality=82, method=3)
    return out.getvalue()
