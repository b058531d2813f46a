"""Files of records: kept, served to those who may see the record, dead at once when that ends."""

import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.datastructures import FileStorage

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid, NotAllowed
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.proposals.models import Proposal
from stakeholder_hub.records import attachments
from stakeholder_hub.records.attachments import (
    MOST_FILES,
    attach_file,
    attachment_url,
    attachments_of,
    forget_removed_files,
    remove_attachment,
    storage,
)
from stakeholder_hub.records.models import Attachment, Moderation, Record, Visibility
from tests.factories.accounts import make_user, sign_in
from tests.factories.proposals import make_proposal


def picture(name: str = "trees.jpg", colour: str = "green", **more: Any) -> FileStorage:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG", **more)
    return FileStorage(io.BytesIO(out.getvalue()), filename=name)


def document() -> FileStorage:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(out)
    return FileStorage(io.BytesIO(out.getvalue()), filename="plan.pdf")


@operation
def set_record(record_id: int, **values: Any) -> None:
    db.session.execute(sa.update(Record).where(Record.id == record_id).values(**values))


@pytest.fixture
def attached(web: Flask) -> tuple[int, str, str, str]:
    """A proposal with a picture and a PDF: its id, their addresses, and its author's key."""
    with web.app_context():
        author = make_user()
        proposal = make_proposal(actor=author)
        image = attach_file(proposal, upload=picture(), alt="Two trees", actor=author)
        paper = attach_file(proposal, upload=document(), actor=author)
        with web.test_request_context("/en/"):
            found = proposal.id, attachment_url(image, "thumb"), attachment_url(paper), author.fs_uniquifier
        db.session.remove()
    return found


def test_pictures_are_shown_and_documents_are_saved_both_without_any_right(
    client: FlaskClient, attached: tuple[int, str, str, str]
) -> None:
    image, paper = client.get(attached[1]), client.get(attached[2])
    assert image.mimetype == "image/webp"
    assert image.headers["Content-Disposition"].startswith("inline")
    assert paper.mimetype == "application/pdf"
    assert paper.headers["Content-Disposition"] == "attachment; filename=plan.pdf"
    for answer in (image, paper):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "private, no-cache"
    again = client.get(attached[1], headers={"If-None-Match": image.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.hostile("H12")
def test_an_address_is_dead_at_once_when_the_record_is_hidden_or_the_file_removed(
    web: Flask, client: FlaskClient, attached: tuple[int, str, str, str]
) -> None:
    """Fails when ``visible_to`` or ``removed_at`` is taken out of ``served_attachment``."""
    etag = {"If-None-Match": client.get(attached[1]).headers["ETag"]}
    author = sign_in(web.test_client(), attached[3])
    with web.app_context():
        set_record(attached[0], moderation=Moderation.HIDDEN)
    assert client.get(attached[1], headers=etag).status_code == 404
    assert author.get(attached[1]).status_code == 200
    with web.app_context():
        set_record(attached[0], moderation=Moderation.VISIBLE, visibility=Visibility.PRIVATE)
    assert client.get(attached[1]).status_code == 404
    assert author.get(attached[1]).status_code == 200
    with web.app_context():
        set_record(attached[0], visibility=Visibility.PUBLIC)
        for file in db.session.scalars(sa.select(Attachment)):
            remove_attachment(file, actor=SYSTEM)
    assert client.get(attached[1]).status_code == 404
    assert author.get(attached[1]).status_code == 404


@pytest.mark.hostile("H12")
def test_other_names_variants_and_tokens_lead_nowhere(
    client: FlaskClient, attached: tuple[int, str, str, str]
) -> None:
    token = attached[1].split("/")[3]
    for address in (f"{token}/thumb/me.css", f"{token}/huge/trees.jpg", "x/web/trees.jpg"):
        assert client.get(f"/en/files/{address}").status_code == 404


@pytest.mark.hostile("H14")
@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "x.svg"),
        (b"<!doctype html><script>alert(1)</script>", "x.jpg"),
        (b"\xff\xd8\xff<script>alert(1)</script>", "x.jpg"),
        (b"GIF89a/*<svg/onload=alert(1)>*/", "x.gif"),
        (b"", "x.png"),
    ],
)
@pytest.mark.usefixtures("app")
def test_what_pretends_to_be_a_picture_is_refused(content: bytes, name: str) -> None:
    proposal = make_proposal()
    with pytest.raises(Invalid) as refusal:
        attach_file(proposal, upload=FileStorage(io.BytesIO(content), filename=name), actor=proposal.author)
    assert refusal.value.field == "files"
    assert not attachments_of(proposal)


@pytest.mark.hostile("H15")
@pytest.mark.parametrize(
    "name", ["../../etc/passwd.jpg", "a\u202egpj.exe.jpg", "x\x00.jpg", "<b>\"';.jpg", "å" * 400 + ".jpg"]
)
@pytest.mark.usefixtures("app")
def test_names_are_cleaned(name: str) -> None:
    proposal = make_proposal()
    kept = attach_file(proposal, upload=picture(name), actor=proposal.author).name
    assert kept.endswith(".jpg")
    assert len(kept) <= 120
    assert not set(kept) & set("/\\<>\"'\x00\u202e")


@pytest.mark.hostile("H18")
@pytest.mark.usefixtures("app")
def test_where_a_photo_was_taken_is_removed_from_every_variant() -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[2] = (46.0, 21.0, 0.0)
    proposal = make_proposal()
    kept = attach_file(proposal, upload=picture(exif=exif.tobytes()), actor=proposal.author)
    for key in kept.keys.values():
        data = storage().open(key).read()
        assert b"SecretCamera" not in data
        assert not Image.open(io.BytesIO(data)).getexif()


@pytest.mark.usefixtures("app")
def test_a_record_has_at_most_so_many_files_and_the_next_is_refused() -> None:
    proposal = make_proposal()
    for _n in range(MOST_FILES):
        attach_file(proposal, upload=picture(), actor=proposal.author)
    with pytest.raises(Invalid, match="At most 5 files"):
        attach_file(proposal, upload=picture(), actor=proposal.author)
    remove_attachment(attachments_of(proposal)[0], actor=proposal.author)
    attach_file(proposal, upload=picture(), actor=proposal.author)


@pytest.mark.usefixtures("app")
def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "MOST_BYTES", 300)
    proposal = make_proposal()
    with pytest.raises(Invalid, match="larger than"):
        attach_file(proposal, upload=picture(), actor=proposal.author)


@pytest.mark.usefixtures("app")
def test_strangers_neither_attach_nor_remove() -> None:
    proposal, stranger = make_proposal(), make_user()
    file = attach_file(proposal, upload=picture(), actor=proposal.author)
    with pytest.raises(NotAllowed):
        attach_file(proposal, upload=picture(), actor=stranger)
    with pytest.raises(NotAllowed):
        remove_attachment(file, actor=stranger)


@pytest.mark.usefixtures("app")
def test_a_removed_file_is_deleted_later_unless_another_record_has_the_same() -> None:
    one, other = make_proposal(), make_proposal()
    shared = attach_file(one, upload=picture(), actor=one.author)
    attach_file(other, upload=picture(), actor=other.author)
    alone = attach_file(one, upload=picture(colour="blue"), actor=one.author)
    kept, gone = dict(shared.keys), dict(alone.keys)
    for file in (shared, alone):
        remove_attachment(file, actor=one.author)
    assert forget_removed_files() == 0
    with clock.frozen(clock.now() + attachments.SWEPT_AFTER * 2):
        assert forget_removed_files() == len(set(gone.values()))
        assert forget_removed_files() == 0
    assert all(storage().exists(key) for key in kept.values())
    assert not any(storage().exists(key) for key in gone.values())


@pytest.mark.usefixtures("app")
def test_files_of_many_records_are_read_in_one_statement(count_queries: Callable[[], Any]) -> None:
    proposals: list[Proposal] = [make_proposal() for _n in range(3)]
    for proposal in proposals:
        attach_file(proposal, upload=picture(), actor=proposal.author)
    ids = [proposal.id for proposal in proposals]
    with count_queries() as seen:
        assert set(attachments.attachments_of_many(ids)) == set(ids)
    assert len(seen) == 1
