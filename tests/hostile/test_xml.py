"""H26: nothing that people bring is read as XML, neither where XML is the format nor where it lies inside another one.

There is no import of XML (``nothing_reads_xml`` in ``tests/test_architecture.py`` holds that for the code). These tests
bring it all the same, through every form that takes a file, and inside the pictures and PDFs that are taken.
"""

import io
import struct
import time
import zipfile
import zlib
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pikepdf
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from stakeholder_hub.accounts.models import User
from stakeholder_hub.actions.operations import create_action_item
from stakeholder_hub.groups.models import Invitation
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.records.attachments import storage
from stakeholder_hub.records.models import Attachment
from stakeholder_hub.territories.models import Role
from stakeholder_hub.territories.operations import grant_role
from tests.accounts.pages import send
from tests.factories.accounts import make_user
from tests.factories.consultations import make_consultation
from tests.factories.groups import make_group
from tests.factories.territories import make_territory

Visit = Callable[..., FlaskClient]

CANARY = "canary-9d1e"
_TENFOLD = "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in pairwise("abcdefghij"))
BOMB = f'<!DOCTYPE b [<!ENTITY a "lol">{_TENFOLD}]>'
XMP = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><title>%s</title></x:xmpmeta>'


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file of the server that nobody may read."""
    path = tmp_path / "secret.txt"
    path.write_text(CANARY)
    return path


def entities(secret: Path) -> str:
    """A document that asks for a file of the server, inside and as a parameter."""
    return (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY file SYSTEM "{secret.as_uri()}">'
        f'<!ENTITY % far SYSTEM "http://127.0.0.1:9/far.dtd"> %far;]>'
    )


def package(**parts: str) -> bytes:
    """An office document: a ZIP with XML in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, text in parts.items():
            packed.writestr(name.replace("__", "/") + ".xml", text)
    return out.getvalue()


def of_xml(secret: Path) -> dict[str, bytes]:
    """Files that are XML, by the names under which somebody would bring them."""
    head = entities(secret)
    svg = f'{head}<svg xmlns="http://www.w3.org/2000/svg"><text>&file;</text></svg>'.encode()
    table = package(
        xl__workbook=f"{head}<workbook>&file;</workbook>", xl__sharedStrings=f"{BOMB}<sst>&j;</sst>"
    )
    return {
        "list.xml": f"{head}<people>&file;</people>".encode(),
        "list.csv": f"{head}<people>&file;@example.org</people>".encode(),
        "wide.csv": f"{head}<people>&file;</people>".encode("utf-16"),
        "table.xlsx": table,
        "table.csv": table,
        "text.docx": package(word__document=f"{head}<w>&file;</w>"),
        "drawing.svg": svg,
        "drawing.png": svg,
        "drawing.svgz": zlib.compress(svg),
        "page.xhtml": f'{head}<html xmlns="http://www.w3.org/1999/xhtml">&file;</html>'.encode(),
        "bomb.xml": f"{BOMB}<b>&j;</b>".encode(),
    }


def png(xmp: bytes) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "PNG")
    body = b"iTXt" + b"XML:com.adobe.xmp\0\0\0\0\0" + xmp
    text = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return out.getvalue()[:33] + text + out.getvalue()[33:]


def pdf(xmp: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as paper:
        paper.add_blank_page()
        paper.Root.Metadata = pikepdf.Stream(paper, xmp, Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)
        paper.Root.AcroForm = pikepdf.Dictionary(Fields=[], XFA=pikepdf.Stream(paper, xmp))
        paper.save(out, fix_metadata_version=False, compress_streams=False)
    return out.getvalue()


def with_xml_inside(xmp: bytes) -> dict[str, bytes]:
    """Files that are taken, with a part that is XML."""
    found = {"a.png": png(xmp), "a.pdf": pdf(xmp)}
    for kind, ending in (("JPEG", "jpg"), ("WEBP", "webp")):
        out = io.BytesIO()
        Image.new("RGB", (40, 30), "green").save(out, kind, xmp=xmp)
        found[f"a.{ending}"] = out.getvalue()
    assert all(xmp in data for data in found.values())
    return found


def parts_of(data: bytes) -> bytes:
    """A file as it is kept, with what is packed in it."""
    if not data.startswith(b"%PDF"):
        return data
    with pikepdf.open(io.BytesIO(data)) as paper:
        packed = [thing.read_bytes() for thing in paper.objects if isinstance(thing, pikepdf.Stream)]
    return b"\n".join([data, *packed])


class Scene:
    """Somebody who runs a town with a group, a consultation and an action item of their own."""

    def __init__(self) -> None:
        town = make_territory()
        group = make_group(town)
        make_consultation(group, slug="open")
        person: User = make_user()
        grant_role(person, role=Role.COORDINATOR, territory=town, actor=SYSTEM)
        grant_role(person, role=Role.COORDINATOR, group=group, actor=SYSTEM)
        item = create_action_item(
            title="Benches", language="en", territory=town, group=group, person=person, actor=SYSTEM
        )
        self.key, self.group, self.item = person.fs_uniquifier, group.slug, item.reference


@pytest.fixture
def scene(web: Flask) -> Scene:
    with web.app_context():
        made = operation(Scene)()
        db.session.remove()
    return made


def forms(scene: Scene) -> dict[str, tuple[str, dict[str, str]]]:
    """Where pictures and documents are brought: the page and its field, with what else it asks for."""
    return {
        "files-0-file": (
            "/en/consultations/open/proposals/new",
            {"title": "A park", "body": "With benches.", "language": "en"},
        ),
        "uploads": (
            f"/en/actions/{scene.item}/report",
            {"body": "Half of it.", "status": "in_progress", "progress": "50"},
        ),
    }


@pytest.mark.hostile("H26")
def test_files_of_xml_are_refused_and_nothing_in_them_is_followed(
    web: Flask, visit: Visit, scene: Scene, secret: Path
) -> None:
    """Guard: uploads._kind knows pictures and PDFs by their first bytes, and nothing else. Fails when a file of another
    kind is kept as what its name says.
    """
    browser = visit(scene.key)
    for field, (page, values) in forms(scene).items():
        for name, data in of_xml(secret).items():
            began = time.perf_counter()
            answer = send(browser, page, **values, **{field: (io.BytesIO(data), name)})
            assert answer.status_code == 422, (page, name)
            assert CANARY not in answer.text
            assert time.perf_counter() - began < 5, name
    with web.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Attachment)) == 0


@pytest.mark.hostile("H26")
def test_a_list_of_people_is_read_as_lines_whatever_it_is(
    web: Flask, visit: Visit, scene: Scene, secret: Path
) -> None:
    """Guard: groups.guests reads CSV by kernel.tables, and nothing else. Fails when a list that begins as XML does is
    given to a parser that knows entities.
    """
    browser, page = visit(scene.key), f"/en/groups/{scene.group}/invitations/people"
    for name, data in of_xml(secret).items():
        values = {"role": "member", "sector": "", "language": "en", "people": ""}
        began = time.perf_counter()
        answer = send(browser, page, **values, file=(io.BytesIO(data), name))
        assert answer.status_code in (200, 422), name
        assert CANARY not in answer.text, name
        assert time.perf_counter() - began < 5, name
        pasted = send(
            browser, page, **{**values, "people": data.decode("utf-8", "replace").replace("\0", "")}
        )
        assert pasted.status_code in (200, 422), name
        assert CANARY not in pasted.text, name
    with web.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Invitation)) == 0


@pytest.mark.hostile("H26")
@pytest.mark.parametrize("bomb", [False, True], ids=["file", "bomb"])
def test_xml_inside_pictures_and_documents_is_never_read_and_goes(
    web: Flask, visit: Visit, scene: Scene, secret: Path, bomb: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards: pictures are written anew from their points; pdf._KEYS takes metadata and forms of XML out before
    anything could look into them. Fails when a part stays where it was, and when clean_pdf opens the metadata.
    """
    browser = visit(scene.key)
    brought = with_xml_inside((BOMB + XMP % "&j;" if bomb else entities(secret) + XMP % "&file;").encode())

    def read(*_args: object, **_options: object) -> None:
        raise AssertionError("metadata are read")

    monkeypatch.setattr(pikepdf.Pdf, "open_metadata", read)
    began = time.perf_counter()
    for field, (page, values) in forms(scene).items():
        for name, data in brought.items():
            answer = send(browser, page, **values, **{field: (io.BytesIO(data), name)})
            assert answer.status_code == 303, (page, name)
    assert time.perf_counter() - began < 30
    with web.app_context():
        kept = db.session.scalars(sa.select(Attachment)).all()
        assert len(kept) == 8
        for attachment in kept:
            for key in attachment.keys.values():
                with storage().open(key) as file:
                    stored = parts_of(file.read())
                for part in (CANARY.encode(), b"xmpmeta", b"DOCTYPE", b"ENTITY"):
                    assert part not in stored, (attachment.name, part)
