"""Uploaded files: told by content, bounded, cleaned, refused with reasons."""

import hashlib
import resource
import struct
import time
import zlib
from contextlib import suppress
from io import BytesIO

import pikepdf
import pytest
from PIL import ExifTags, Image, ImageCms, PngImagePlugin

from stakeholder_hub.kernel import pdf as pdf_module
from stakeholder_hub.kernel.errors import Invalid
from stakeholder_hub.kernel.uploads import CheckedFile, check_upload, clean_name

MOST = 5_000_000


def check(data: bytes, name: str | None = None, max_bytes: int = MOST) -> CheckedFile:
    return check_upload(BytesIO(data), name, max_bytes=max_bytes)


def saved(image: Image.Image, kind: str, **options) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def photo(size=(60, 40), colour=(200, 30, 30), kind="JPEG", **options) -> bytes:
    return saved(Image.new("RGB", size, colour), kind, **options)


def opened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_bomb(width: int, height: int) -> bytes:
    """A picture of black points, a thousandth of what it unpacks to."""
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(b"\0" * (width // 8 + 1)) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def document(pages: int = 1) -> pikepdf.Pdf:
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page(page_size=(200, 200))
    return made


def written(made: pikepdf.Pdf, **options) -> bytes:
    out = BytesIO()
    made.save(out, **options)
    return out.getvalue()


def everything(data: bytes) -> str:
    """All objects of a PDF, unpacked, as text."""
    with pikepdf.open(BytesIO(data)) as made:
        return " ".join(
            [repr(made.trailer), *[repr(thing) for thing in made.objects]]
            + [
                bytes(thing.read_bytes()).decode("latin-1")
                for thing in made.objects
                if isinstance(thing, pikepdf.Stream)
            ]
        )


def accepted_or_refused(data: bytes) -> None:
    """Anything but an answer or a reason is a fault."""
    with suppress(Invalid):
        check(data)


# Pictures


@pytest.mark.parametrize(
    ("kind", "kept", "ending"),
    [
        ("JPEG", "image/jpeg", ".jpg"),
        ("PNG", "image/png", ".png"),
        ("WEBP", "image/webp", ".webp"),
        ("GIF", "image/png", ".png"),
    ],
)
def test_a_picture_is_kept_with_two_smaller_copies(kind, kept, ending):
    file = check(photo((2000, 1000), kind=kind), f"The old mill.{kind.lower()}")
    assert (file.name, file.media_type) == (f"The old mill{ending}", kept)
    assert (file.width, file.height, file.pages) == (2000, 1000, None)
    assert file.sha256 == hashlib.sha256(file.data).hexdigest()
    assert file.size == len(file.data)
    variants = file.variants()
    assert list(variants) == ["original", "web", "thumb"]
    assert [opened(data).size for data in variants.values()] == [(2000, 1000), (1600, 800), (320, 160)]
    assert opened(variants["web"]).format == opened(variants["thumb"]).format == "WEBP"


def test_a_small_picture_is_not_blown_up():
    assert {opened(data).size for data in check(photo((30, 20)), "a.jpg").variants().values()} == {(30, 20)}


def test_only_the_first_picture_of_an_animation_is_kept():
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "lime", "blue")]
    for kind in ("GIF", "WEBP"):
        file = check(saved(frames[0], kind, save_all=True, append_images=frames[1:]), None)
        kept = opened(file.data)
        assert getattr(kept, "n_frames", 1) == 1
        assert kept.convert("RGB").getpixel((5, 5))[0] > 240


@pytest.mark.hostile("H18")
def test_place_maker_and_comments_are_gone_from_a_photo():
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "CanaryCam"
    exif[ExifTags.Base.ImageDescription] = "CanaryDescription"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (46.0, 21.0, 33.0)
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSMapDatum] = "CanaryDatum"
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>CanaryXmp</x:xmpmeta>"
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "CanaryAuthor")
    text.add_itxt("Note", "CanaryNote", zip=True)
    sources = [
        photo(exif=exif, comment=b"CanaryComment", xmp=xmp),
        photo(kind="PNG", exif=exif, pnginfo=text),
        photo(kind="WEBP", exif=exif, xmp=xmp),
        photo(kind="GIF", comment=b"CanaryComment"),
    ]
    assert all(b"Canary" in source for source in sources)
    for source in sources:
        for data in check(source).variants().values():
            assert b"Canary" not in data
            assert b"Exif" not in data
            assert not opened(data).getexif()
            assert not {"exif", "xmp", "comment", "icc_profile", "Author"} & set(opened(data).info)


@pytest.mark.hostile("H18")
def test_a_photo_taken_sideways_stands_upright_without_its_orientation_mark():
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    file = check(photo((60, 40), exif=exif), "a.jpg")
    assert (file.width, file.height) == (40, 60)
    assert {opened(data).size for data in file.variants().values()} == {(40, 60)}


def test_transparency_colours_and_grey_survive():
    clear = check(saved(Image.new("RGBA", (9, 9), (10, 200, 30, 90)), "PNG"))
    assert opened(clear.data).getpixel((4, 4)) == (10, 200, 30, 90)
    palette = Image.new("P", (9, 9), 1)
    palette.putpalette([0, 0, 0, 250, 120, 10])
    assert opened(check(saved(palette, "PNG", transparency=0)).data).convert("RGB").getpixel((4, 4)) == (
        250,
        120,
        10,
    )
    assert opened(check(saved(Image.new("L", (9, 9), 77), "PNG")).data).getpixel((4, 4)) == 77
    assert opened(check(saved(Image.new("I;16", (9, 9), 40_000), "PNG")).data).getpixel((4, 4)) == 156
    assert opened(check(saved(Image.new("CMYK", (9, 9), (0, 250, 250, 0)), "JPEG")).data).mode == "RGB"
    assert opened(check(saved(Image.new("1", (9, 9), 1), "PNG")).data).convert("L").getpixel((4, 4)) == 255


def test_a_colour_profile_is_applied_before_it_goes():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for icc in (profile, b"no profile at all"):
        kept = opened(check(photo(colour=(10, 120, 240), icc_profile=icc)).data)
        assert "icc_profile" not in kept.info
        assert all(abs(a - b) < 6 for a, b in zip(kept.getpixel((9, 9)), (10, 120, 240), strict=True))


# Bounds


@pytest.mark.hostile("H16")
@pytest.mark.parametrize("size", [(60_000, 60_000), (30_000, 1_000), (100_000, 300)])
def test_a_picture_that_unpacks_to_too_much_is_refused_before_it_does(size):
    """Without the look at the size first, the largest takes gigabytes."""
    bomb = png_bomb(size[0], min(size[1], 3_000)).replace(
        struct.pack(">II", size[0], min(size[1], 3_000)), struct.pack(">II", *size), 1
    )
    fixed = bomb[:8] + chunk(b"IHDR", bomb[16:29]) + bomb[33:]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    with pytest.raises(Invalid, match="million points"):
        check(fixed, "a.png")
    assert time.perf_counter() - started < 0.5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kB


@pytest.mark.hostile("H16")
def test_headers_that_promise_giant_pictures_are_refused():
    canvas = (16_383 - 1).to_bytes(3, "little") * 2
    body = b"WEBP" + b"VP8X" + struct.pack("<I", 10) + b"\x02\0\0\0" + canvas
    webp = b"RIFF" + struct.pack("<I", len(body)) + body
    gif = b"GIF89a" + struct.pack("<HH", 60_000, 60_000) + photo(kind="GIF")[10:]
    jpeg = photo()
    at = jpeg.index(b"\xff\xc0")
    jpeg = jpeg[: at + 5] + struct.pack(">HH", 65_000, 65_000) + jpeg[at + 9 :]
    for data in (webp, gif, jpeg):
        with pytest.raises(Invalid, match="million points"):
            check(data)


@pytest.mark.hostile("H16")
def test_text_that_unpacks_to_megabytes_inside_a_picture_is_refused():
    bomb = chunk(b"zTXt", b"x\0\0" + zlib.compress(b"a" * 50_000_000, 9))
    plain = photo(kind="PNG")
    with pytest.raises(Invalid, match="damaged"):
        check(plain[:33] + bomb + plain[33:])


@pytest.mark.hostile("H16")
def test_a_photo_with_endless_scans_is_refused():
    progressive = photo((64, 64), progressive=True)
    at = progressive.rindex(b"\xff\xda")
    with pytest.raises(Invalid, match="damaged"):
        check(progressive[:-2] + progressive[at:-2] * 200 + b"\xff\xd9")


@pytest.mark.slow
def test_a_very_large_photo_is_kept_smaller():
    file = check(photo((7_000, 5_000)), "a.jpg")
    assert max(file.width, file.height) == 3_500 or max(file.width, file.height) == 4_096
    assert abs(file.width / file.height - 1.4) < 0.01


@pytest.mark.hostile("H47")
def test_a_file_that_is_too_large_is_not_read_to_its_end():
    class Endless:
        asked = 0

        def read(self, size):
            self.asked += size
            return b"\xff" * size

    endless = Endless()
    with pytest.raises(Invalid, match="larger than 2 MB") as refused:
        check_upload(endless, "a.jpg", max_bytes=2_000_000, field="photo")
    assert refused.value.field == "photo"
    assert endless.asked == 2_000_001


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_broken_picture_is_refused_wherever_it_is_broken(kind):
    whole = saved(Image.effect_noise((64, 64), 60).convert("RGB"), kind)
    for cut in (12, 20, 40, len(whole) // 2, len(whole) - 40):
        accepted_or_refused(whole[:cut])
        for flip in range(0, len(whole), max(1, len(whole) // 20)):
            accepted_or_refused(whole[:flip] + bytes([whole[flip] ^ 0x5A]) + whole[flip + 1 :])
    with pytest.raises(Invalid):
        check(whole[: len(whole) // 2])


# Types and names


@pytest.mark.hostile("H17")
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.png", photo()),
        ("a.jpg", photo(kind="PNG")),
        ("a.pdf", photo()),
        ("a.jpg", written(document())),
        ("a.jpg.exe", photo()),
        ("a.svg", photo()),
        ("a.html", photo(kind="PNG")),
        ("a.PHP ", photo(kind="GIF")),
    ],
)
def test_a_name_that_denies_the_content_is_refused(name, data):
    """Fails when only the extension, or only the content, is looked at."""
    with pytest.raises(Invalid, match="holds something else"):
        check(data, name)


@pytest.mark.hostile("H17")
@pytest.mark.parametrize("name", ["a.JPG", "a.jpeg", "a", None, "", "IMG 12.04.2026", "a.jfif"])
def test_a_name_that_says_nothing_else_is_given_the_right_ending(name):
    assert check(photo(), name).name.endswith(".jpg")


@pytest.mark.hostile("H14")
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "SVG"),
        (b"\xef\xbb\xbf <?xml version='1.0'?>\n<svg/>", "SVG"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "Web pages"),
        (b"  <html>", "Web pages"),
        (b"<!-- \x89PNG -->", "Web pages"),
        (b"PK\x03\x04" + b"\0" * 60, "Office"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Office"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
        (b"MZ\x90\0", "cannot be attached"),
        (b"%!PS-Adobe-3.0", "cannot be attached"),
        (b"\n\n%PDF-1.4", "cannot be attached"),
        (b"BM" + b"\0" * 60, "cannot be attached"),
        (b"RIFF\0\0\0\0WAVE", "cannot be attached"),
    ],
)
def test_other_kinds_are_refused_with_advice(data, reason):
    with pytest.raises(Invalid, match=reason):
        check(data, None)


@pytest.mark.hostile("H14")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_what_hides_behind_or_inside_a_picture_does_not_survive(kind):
    """Fails when the bytes are kept as they came."""
    script = b"<html><script>alert('canary')</script><svg onload=alert('canary')>"
    comment = {"comment": script} if kind in ("JPEG", "GIF") else {}
    file = check(photo(kind=kind, **comment) + script + b"PK\x03\x04%PDF-1.4")
    for data in file.variants().values():
        assert b"canary" not in data
        assert b"%PDF" not in data


@pytest.mark.hostile("H15")
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\Users\\ana\\My photo.JPG", "My photo.jpg"),
        ("/", "file.jpg"),
        ("..", "file.jpg"),
        (".htaccess", "htaccess.jpg"),
        ("a\0b.jpg", "ab.jpg"),
        ("photo\u202egpj.exe.jpg", "photogpj.exe.jpg"),
        ("<img src=x onerror=alert(1)>.jpg", "img src x onerror alert(1).jpg"),
        ("a\r\nSet-Cookie: x.jpg", "a Set-Cookie x.jpg"),
        ('"quoted"; filename=evil.exe', "quoted filename evil.exe.jpg"),
        ("Žlebovi ob šoli – načrt 3.4.jpeg", "Žlebovi ob šoli – načrt 3.4.jpg"),
        ("мост.jpg", "мост.jpg"),
        ("half \ud83d.jpg", "half.jpg"),
        ("e" + "\u0301" * 200 + ".jpg", "file.jpg"),
        (" . ", "file.jpg"),
        (None, "file.jpg"),
        ("%2e%2e%2fx", "2e 2e 2fx.jpg"),
    ],
)
def test_a_name_is_cleaned(given, kept):
    assert clean_name(given, ".jpg") == kept


@pytest.mark.hostile("H60")
def test_a_name_is_never_too_long():
    assert len(clean_name("x" * 10_000, ".webp")) == 100
    assert clean_name("/" * 10_000 + "a" * 3, ".pdf") == "aaa.pdf"


# PDF


def test_a_pdf_is_kept_with_its_pages():
    file = check(written(document(3)), "Načrt.pdf")
    assert (file.name, file.media_type, file.pages, file.width) == ("Načrt.pdf", "application/pdf", 3, None)
    assert list(file.variants()) == ["original"]
    assert check(written(document(3)), "Načrt.pdf").sha256 == file.sha256
    with pikepdf.open(BytesIO(file.data)) as kept:
        assert len(kept.pages) == 3


def test_the_content_of_a_pdf_stays_what_it_was():
    made = document()
    made.pages[0].Contents = made.make_stream(b"BT /AA 12 Tf (Mill) Tj ET")
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    made.pages[0].Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary({"/AA": font}))
    with pikepdf.open(BytesIO(check(written(made)).data)) as kept:
        assert kept.pages[0].Contents.read_bytes() == b"BT /AA 12 Tf (Mill) Tj ET"
        assert "/AA" in kept.pages[0].Resources.Font


@pytest.mark.hostile("H18")
def test_who_made_a_pdf_and_with_what_is_gone():
    made = document()
    made.docinfo["/Author"] = "CanaryAuthor"
    with made.open_metadata() as xmp:
        xmp["dc:creator"] = ["CanaryCreator"]
    made.pages[0].obj["/PieceInfo"] = pikepdf.Dictionary(X=pikepdf.String("CanaryPiece"))
    made.pages[0].obj["/Metadata"] = made.make_stream(b"CanaryPage")
    data = written(made)
    assert everything(data).count("Canary") >= 4
    assert "Canary" not in everything(check(data).data)


def action(kind: str, **more) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(S=pikepdf.Name("/" + kind), **more)


@pytest.mark.hostile("H14")
@pytest.mark.filterwarnings("ignore:This document has 1 form widget")
def test_everything_that_acts_is_taken_out_of_a_pdf():
    """Fails when ``_disarm`` is left out, or looks at indirect objects only."""
    made = document(2)
    script = action("JavaScript", JS=pikepdf.String("app.alert('canary')"))
    launch = action("Launch", F=pikepdf.String("canary.exe"))
    made.Root.OpenAction = script
    made.Root.AA = pikepdf.Dictionary(WC=made.make_indirect(script))
    made.Root.Names = pikepdf.Dictionary(
        JavaScript=pikepdf.Dictionary(Names=pikepdf.Array([pikepdf.String("canary"), script])),
        Dests=pikepdf.Dictionary(Names=pikepdf.Array([])),
    )
    made.attachments["canary.exe"] = b"canary"
    made.Root.AcroForm = pikepdf.Dictionary(
        Fields=pikepdf.Array([]), XFA=made.make_stream(b"<canary/>"), AA=pikepdf.Dictionary(C=script)
    )
    page = made.pages[0].obj
    page.AA = pikepdf.Dictionary(O=launch)
    rect = pikepdf.Array([0, 0, 9, 9])

    def note(subtype, **more):
        return pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name("/" + subtype), Rect=rect, **more
        )

    web = action("URI", URI=pikepdf.String("https://ok.example"))
    chained = action("GoTo", D=pikepdf.Array([page, pikepdf.Name.Fit]), Next=pikepdf.Array([script, launch]))
    page.Annots = pikepdf.Array(
        [
            note("Link", A=launch),
            note("Link", A=made.make_indirect(action("URI", URI=pikepdf.String("javascript:canary")))),
            note("Link", A=action("URI", URI=pikepdf.String("file:///canary"))),
            note("Link", A=action("GoToR", F=pikepdf.String("\\\\canary\\share"))),
            note("Link", A=action("SubmitForm", F=pikepdf.String("https://canary.example"))),
            note("Link", A=web),
            note("Link", A=chained),
            made.make_indirect(note("FileAttachment", FS=pikepdf.Dictionary(F=pikepdf.String("canary")))),
            note("RichMedia", RichMediaContent=pikepdf.Dictionary(X=pikepdf.String("canary"))),
            note("Widget", AA=pikepdf.Dictionary(K=script), A=script),
        ]
    )
    data = written(made)
    assert everything(data).lower().count("canary") > 10
    cleaned = check(data).data
    left = everything(cleaned)
    assert "canary" not in left.lower()
    for word in ("JavaScript", "/JS", "/Launch", "/OpenAction", "/AA", "/EmbeddedFile", "/XFA", "SubmitForm"):
        assert word not in left, word
    assert "https://ok.example" in left
    with pikepdf.open(BytesIO(cleaned)) as kept:
        assert len(kept.pages[0].Annots) == 8
        assert kept.pages[0].Annots[6].A.S == "/GoTo"


@pytest.mark.hostile("H14")
def test_what_hides_between_the_objects_of_a_pdf_does_not_survive():
    data = written(document())
    end = data.index(b"\n") + 1
    script = b"%<html><script>alert('canary')</script>\n"
    cleaned = check(data[:end] + script + data[end:] + script).data
    assert b"canary" not in cleaned
    assert cleaned.startswith(b"%PDF-")


@pytest.mark.parametrize("user", ["", "secret"])
def test_a_protected_pdf_is_refused_with_advice(user):
    locked = written(document(), encryption=pikepdf.Encryption(owner="owner", user=user))
    with pytest.raises(Invalid, match="password"):
        check(locked)


@pytest.mark.hostile("H16")
def test_a_pdf_with_too_many_pages_or_parts_is_refused(monkeypatch):
    with pytest.raises(Invalid, match="more than 500 pages"):
        check(written(document(501)))
    monkeypatch.setattr(pdf_module, "MOST_OBJECTS", 3)
    with pytest.raises(Invalid, match="too complicated"):
        check(written(document(5)))


@pytest.mark.slow
@pytest.mark.hostile("H16")
def test_a_pdf_whose_structure_unpacks_to_gigabytes_is_refused():
    """Without ``flate_max_memory`` this takes as much memory as the packed part names."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * 1_000_000) for _ in range(1000)) + packer.flush()
    index = b"1 0 " + b" " * 10
    parts = [b"%PDF-1.5\n"]
    objects = [
        b"2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n",
        b"3 0 obj\n<< /Type /ObjStm /N 1 /First %d /Filter /FlateDecode /Length %d >>\nstream\n"
        % (len(index), len(packed))
        + packed
        + b"\nendstream\nendobj\n",
    ]
    offsets = []
    for body in objects:
        offsets.append(sum(map(len, parts)))
        parts.append(body)
    place = sum(map(len, parts))
    rows = b"\0\0\0\0\0\0" + b"\2" + struct.pack(">IB", 3, 0)
    rows += (
        b"".join(b"\1" + struct.pack(">IB", offset, 0) for offset in offsets)
        + b"\1"
        + struct.pack(">IB", place, 0)
    )
    parts.append(
        b"4 0 obj\n<< /Type /XRef /Size 5 /W [1 4 1] /Root 1 0 R /Length %d >>\nstream\n" % len(rows)
        + rows
        + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % place
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    with pytest.raises(Invalid):
        check(b"".join(parts))
    assert time.process_time() - started < 3
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 250_000  # kB


def test_a_broken_pdf_is_refused_or_mended():
    whole = written(document(2), object_stream_mode=pikepdf.ObjectStreamMode.generate)
    with pytest.raises(Invalid, match="damaged"):
        check(b"%PDF-1.7\nnothing here")
    for at in range(9, len(whole), max(1, len(whole) // 60)):
        for data in (whole[:at], whole[:at] + b"\0\xff" + whole[at + 2 :]):
            accepted_or_refused(data)
