"""Files kept by content."""

import hashlib
import stat
import threading

import pytest

from stakeholder_hub.kernel.errors import NotFound
from stakeholder_hub.kernel.storage import LocalStorage, Storage, is_key

DATA = b"A plan of the old mill"
KEY = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def storage(tmp_path):
    return LocalStorage(tmp_path / "files")


def files(storage):
    return [path for path in storage.root.rglob("*") if path.is_file()]


def test_what_is_put_can_be_opened_by_the_hash_of_its_content(storage):
    kept: Storage = storage
    assert kept.put(DATA) == KEY
    with kept.open(KEY) as file:
        assert file.read() == DATA
    assert kept.exists(KEY)
    assert kept.path(KEY) == storage.root / KEY[:2] / KEY[2:4] / KEY


def test_the_same_bytes_are_kept_once(storage):
    assert storage.put(DATA) == storage.put(DATA)
    assert len(files(storage)) == 1


def test_a_file_is_readable_by_its_owner_only(storage):
    storage.put(DATA)
    assert [stat.S_IMODE(path.stat().st_mode) for path in files(storage)] == [0o600]
    assert stat.S_IMODE(storage.path(KEY).parent.stat().st_mode) == 0o700


def test_a_cut_file_under_a_key_is_made_whole(storage):
    storage.put(DATA)
    storage.path(KEY).write_bytes(DATA[:3])
    storage.put(DATA)
    assert storage.path(KEY).read_bytes() == DATA


def test_a_full_disk_leaves_nothing_behind(storage, monkeypatch):
    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("stakeholder_hub.kernel.storage.os.replace", full)
    with pytest.raises(OSError, match="No space"):
        storage.put(DATA)
    assert files(storage) == []
    assert not storage.exists(KEY)


def test_deleting_twice_is_no_fault(storage):
    storage.put(DATA)
    storage.delete(KEY)
    storage.delete(KEY)
    assert not storage.exists(KEY)


def test_what_is_gone_is_not_found(storage):
    for ask in (storage.open, storage.path):
        with pytest.raises(NotFound):
            ask(KEY)


@pytest.mark.hostile("H15")
@pytest.mark.parametrize(
    "key",
    [
        "",
        "../" * 8 + "etc/passwd",
        "/etc/passwd",
        KEY.upper(),
        KEY[:-1],
        KEY + "0",
        KEY + "\n",
        "a" * 61 + "/..",
        "\0" * 64,
    ],
)
def test_a_key_that_is_none_reaches_no_file(storage, key):
    assert not is_key(key)
    assert not storage.exists(key)
    for ask in (storage.open, storage.path, storage.delete):
        with pytest.raises(NotFound):
            ask(key)


def test_many_at_once_may_put_the_same_file(storage):
    threads = [threading.Thread(target=storage.put, args=(DATA * 10_000,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (only,) = files(storage)
    assert only.read_bytes() == DATA * 10_000
