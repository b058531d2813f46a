"""Files of records: checked and cleaned on their way in, kept by content, gone at once when they are removed."""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import BinaryIO, cast

import sqlalchemy as sa
from flask import current_app, url_for
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import FileStorage

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.authorization import Actor, Verdict, first_refusal, permission, require, signed_in
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import Invalid, NotFound
from stakeholder_hub.kernel.events import after_commit, emit
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.jobs import periodic
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.kernel.storage import Storage
from stakeholder_hub.kernel.text import line_at
from stakeholder_hub.kernel.uploads import VARIANT_TYPE, CheckedFile, check_upload
from stakeholder_hub.records.events import FileAttached, FileRemoved
from stakeholder_hub.records.models import Attachment, Record
from stakeholder_hub.records.queries import visible_to
from stakeholder_hub.territories.policy import manages

MOST_FILES = 5
"""Files of one record."""
MOST_BYTES = 10_000_000
LONGEST_ALT = 300
SWEPT_AFTER = timedelta(days=1)
EXTENSION = "hub_storage"


def storage() -> Storage:
    """Where this installation keeps its files."""
    found: Storage = current_app.extensions[EXTENSION]
    return found


@permission("records.attach")
def may_attach(actor: Actor, record: Record) -> Verdict:
    """Bring files to a record or take them away: its author and those who run it."""
    if not (answer := signed_in(actor, _l("Sign in to attach files."))):
        return answer
    return first_refusal(
        (
            (actor.id is not None and record.author_id == actor.id) or manages(actor, record),
            _l("Only the author can attach files here."),
        ),
    )


@operation
def attach_file(
    record: Record, *, upload: FileStorage, alt: str = "", field: str = "files", actor: Actor
) -> Attachment:
    """Check, clean and keep a picture or PDF of ``record``. ``field`` names the form field of a refusal.

    Raises:
        NotAllowed: the actor neither wrote the record nor runs it.
        Invalid: the file is not one that can be kept, or the record has as many as it may have.
    """
    require(may_attach(actor, record))
    description = line_at(field, alt, longest=LONGEST_ALT)
    db.session.flush()
    # One after the other, so that two uploads at once cannot pass the limit together.
    db.session.execute(sa.select(Record.id).where(Record.id == record.id).with_for_update())
    if _count(record) >= MOST_FILES:
        raise Invalid(_l("At most %(most)s files can be attached.", most=MOST_FILES), field)
    checked = check_upload(cast(BinaryIO, upload.stream), upload.filename, max_bytes=MOST_BYTES, field=field)
    attachment = Attachment(
        record_id=record.id,
        token=secrets.token_urlsafe(32),
        name=checked.name,
        alt=description,
        media_type=checked.media_type,
        size=checked.size,
        width=checked.width,
        height=checked.height,
        pages=checked.pages,
        keys=_keep(checked),
        uploaded_by_id=actor.id,
    )
    db.session.add(attachment)
    db.session.flush()
    emit(FileAttached(actor=actor, subject=record, media_type=checked.media_type, size=checked.size))
    return attachment


def _keep(checked: CheckedFile) -> dict[str, str]:
    kept = storage()
    variants = checked.variants()
    keys = {name: kept.put(data) for name, data in variants.items()}

    def still_there() -> None:
        # The sweep may have taken the same bytes, left behind by another record, a moment ago.
        for name, key in keys.items():
            if not kept.exists(key):
                kept.put(variants[name])

    after_commit(still_there)
    return keys


@operation
def describe_attachment(attachment: Attachment, *, alt: str, actor: Actor) -> Attachment:
    """Change the words for those who do not see the picture.

    Raises:
        NotAllowed: the actor neither wrote the record nor runs it.
        Invalid: they are too long.
    """
    require(may_attach(actor, attachment.record))
    attachment.alt = line_at("files", alt, longest=LONGEST_ALT)
    return attachment


@operation
def remove_attachment(attachment: Attachment, *, actor: Actor) -> None:
    """Take a file away: from now on its address leads nowhere; a sweep deletes what nothing else points at.

    Raises:
        NotAllowed: the actor neither wrote the record nor runs it.
    """
    require(may_attach(actor, attachment.record))
    if attachment.removed_at is not None:
        return
    attachment.removed_at = clock.now()
    emit(FileRemoved(actor=actor, subject=attachment.record, media_type=attachment.media_type))


@periodic(seconds=3600, name="records.forget_removed_files")
def forget_removed_files() -> int:
    """Delete the content of files removed a day ago, unless another record has the very same."""
    return _forget(clock.now() - SWEPT_AFTER)


@operation
def _forget(before: datetime) -> int:
    removed = db.session.scalars(
        sa.select(Attachment).where(Attachment.removed_at < before, Attachment.size > 0).limit(200)
    ).all()
    forgotten = 0
    for attachment in removed:
        for key in set(attachment.keys.values()):
            if not _used_elsewhere(key):
                _delete_later(key)
                forgotten += 1
        attachment.keys, attachment.size = {}, 0
    return forgotten


def _delete_later(key: str) -> None:
    kept = storage()
    after_commit(lambda: kept.delete(key))


def _used_elsewhere(key: str) -> bool:
    used = sa.or_(*[Attachment.keys[variant].as_string() == key for variant in ("original", "web", "thumb")])
    return bool(
        db.session.scalar(sa.select(Attachment.id).where(Attachment.removed_at.is_(None), used).limit(1))
    )


def _count(record: Record) -> int:
    counted = sa.select(sa.func.count()).where(
        Attachment.record_id == record.id, Attachment.removed_at.is_(None)
    )
    return db.session.scalar(counted) or 0


def attachments_of(record: Record) -> Sequence[Attachment]:
    """The files of a record, in the order they came."""
    return attachments_of_many([record.id]).get(record.id, [])


def attachments_of_many(record_ids: Iterable[int]) -> dict[int, list[Attachment]]:
    """The files of several records, by record. One statement."""
    found: dict[int, list[Attachment]] = defaultdict(list)
    wanted = list(record_ids)
    if not wanted:
        return found
    for attachment in db.session.scalars(
        sa.select(Attachment)
        .where(Attachment.record_id.in_(wanted), Attachment.removed_at.is_(None))
        .order_by(Attachment.id)
    ):
        found[attachment.record_id].append(attachment)
    return found


def served_attachment(token: str, variant: str, name: str, actor: Actor) -> tuple[Attachment, str, str]:
    """The file at an address, the key of the variant and its media type, if the actor may see the record now.

    Raises:
        NotFound: there is none, it was removed, or this person may not see the record.
    """
    found = db.session.scalar(
        sa.select(Attachment)
        .join(Attachment.record)
        .where(Attachment.token == token, Attachment.removed_at.is_(None), visible_to(actor))
        .options(joinedload(Attachment.record).load_only(Record.id))
    )
    if found is None or variant not in found.keys or name != found.name:
        raise NotFound()
    media_type = found.media_type if variant == "original" else VARIANT_TYPE
    return found, found.keys[variant], media_type


def is_picture(attachment: Attachment) -> bool:
    """Whether it can be shown on a page."""
    return attachment.media_type.startswith("image/")


def attachment_url(attachment: Attachment, variant: str = "original") -> str:
    """Where a variant of the file is served."""
    wanted = variant if variant in attachment.keys else "original"
    return url_for("records.file", token=attachment.token, variant=wanted, name=attachment.name)
