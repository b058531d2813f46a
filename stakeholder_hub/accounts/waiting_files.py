"""Files that came with a visitor's contribution: checked, cleaned and kept beside it until the address is confirmed.

They lie apart from the files of records, so that what is never finished can be removed without asking what else
points at the same bytes.
"""

import io
import os
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, cast

from flask import current_app
from werkzeug.datastructures import FileStorage

from stakeholder_hub.kernel.events import after_commit
from stakeholder_hub.kernel.settings import Settings
from stakeholder_hub.kernel.storage import LocalStorage
from stakeholder_hub.kernel.uploads import check_upload

MOST_BYTES = 10_000_000
_MARK = "waiting_file"
_SALT = 16
"""Random bytes before each file: the same file of two visitors is kept twice, and each can go by itself."""


def _storage() -> LocalStorage:
    settings: Settings = current_app.config["HUB_SETTINGS"]
    return LocalStorage(settings.instance / "files" / "waiting")


def keep_files(uploads: Sequence[FileStorage], *, field: str | None = None) -> list[dict[str, str]]:
    """Check and keep the files a visitor chose; what is returned goes into the payload.

    Raises:
        Invalid: one of them cannot be taken, at ``field``.
    """
    checked = [
        check_upload(cast(BinaryIO, upload.stream), upload.filename, max_bytes=MOST_BYTES, field=field)
        for upload in uploads
        if upload.filename
    ]
    return [
        {
            _MARK: _storage().put(os.urandom(_SALT) + file.data),
            "name": file.name,
            "media_type": file.media_type,
        }
        for file in checked
    ]


def kept_files(kept: Sequence[Mapping[str, str]]) -> list[FileStorage]:
    """The files again, as if they had been sent just now."""
    found = []
    for file in kept:
        with _storage().open(file[_MARK]) as stream:
            data = io.BytesIO(stream.read()[_SALT:])
        found.append(FileStorage(data, filename=file["name"], content_type=file["media_type"]))
    return found


def forget_files_of(payload: Mapping[str, Any]) -> None:
    """Remove the files of a payload, wherever in it they are named, once the present operation has committed."""
    store = _storage()
    for key in _keys_in(payload):
        after_commit(lambda key=key: store.delete(key))  # type: ignore[misc]


def _keys_in(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get(_MARK), str):
            return [value[_MARK]]
        return [key for part in value.values() for key in _keys_in(part)]
    if isinstance(value, list):
        return [key for part in value for key in _keys_in(part)]
    return []
