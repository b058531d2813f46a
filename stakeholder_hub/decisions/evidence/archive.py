"""The archive of a result: everything needed to count it again, in files that are the same byte for byte every time.

What stands in which file is told to readers in ``README.txt`` and in ``docs/voting.md``. Where fewer than ten people
voted,
single votes are held back: in place of ``votes.txt`` stand the hashes of their leaves.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterable, Mapping
from importlib.resources import files
from io import BytesIO
from typing import Any

from stakeholder_hub.decisions.evidence.leaves import vote_leaf, vote_line
from stakeholder_hub.decisions.marks import Marks
from stakeholder_hub.decisions.models import Ballot
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.suppression import SMALLEST_GROUP

VERSION = 1
"""Of the archive. A change of any file's form needs a new one, with a verifier of its own."""

_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODE = 0o100644 << 16

README = """\
The result of a vote, with all that is needed to count it again.

ballot.json     what was asked, the options, the method and its terms, who could vote
votes.txt       every vote: a random number drawn at the close, and the marks (numbers of options in order of
                preference, or option:points); leaves.txt with their hashes stands in its place where fewer than
                ten people voted
receipts.txt    the receipts: each voter holds one; they prove that a vote is among those counted, not which
seed.txt        the seed of the lot that broke ties; its hash was published when the vote opened
result.json     the result, with every round
manifest.txt    the SHA-256 of each of these files
checkpoint.txt  the root of the hash tree over votes and receipts (RFC 6962), signed (C2SP tlog-checkpoint)
key.txt         the public key of the signature: compare it with the one on the page of the result
verify.py       counts again, and checks everything: python3 verify.py ARCHIVE.zip (needs Python 3.9, nothing else)
"""


def canonical(data: Any) -> bytes:
    """JSON with sorted keys and no spaces to spare, in UTF-8, with a line feed at the end."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return (text + "\n").encode()


def companions() -> list[dict[str, bytes]]:
    """The two files that are the same in every archive: as they are sealed into archives now, then as they were sealed
    into earlier ones. The signature covers them, so an archive is given out for ever with those of its own time.

    Whoever changes one of them first puts both as they were into a folder of their own under ``data/earlier``.
    """
    here = files("stakeholder_hub.decisions.evidence")
    now = {"README.txt": README.encode(), "verify.py": here.joinpath("verify.py").read_bytes()}
    kept = here.joinpath("data", "earlier")
    earlier = [
        {
            "README.txt": at.joinpath("README.txt").read_bytes(),
            "verify.py": at.joinpath("verify.txt").read_bytes(),
        }
        for at in (kept.iterdir() if kept.is_dir() else ())
        if at.is_dir()
    ]
    return [now, *earlier]


def contents(ballot: Ballot, votes: Iterable[tuple[str, Marks]], receipts: Iterable[str]) -> dict[str, bytes]:
    """The files of the archive of a closed ballot by name, without manifest, checkpoint and key.

    ``votes``: random numbers with marks.
    """
    lines = sorted(vote_line(number, marks) for number, marks in votes)
    told: dict[str, bytes] = {
        **companions()[0],
        "ballot.json": canonical(_ballot(ballot)),
        "receipts.txt": _lines(sorted(receipts)),
        "result.json": canonical(ballot.result),
        "seed.txt": _lines([ballot.seed or ""]),
    }
    if ballot.vote_count < SMALLEST_GROUP:
        told["leaves.txt"] = _lines(sorted(vote_leaf(line).hex() for line in lines))
    else:
        told["votes.txt"] = _lines(lines)
    return told


def manifest_of(told: Mapping[str, bytes]) -> bytes:
    """The hash and name of each file, a line each, by name."""
    return _lines([f"{hashlib.sha256(told[name]).hexdigest()}  {name}" for name in sorted(told)])


def pack(told: Mapping[str, bytes]) -> bytes:
    """A ZIP file of these files that is the same byte for byte wherever it is made: by name, not compressed, no
    dates.
    """
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(told):
            entry = zipfile.ZipInfo(name, date_time=_EPOCH)
            entry.create_system, entry.external_attr = 3, _MODE
            archive.writestr(entry, told[name])
    return out.getvalue()


def _lines(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _ballot(ballot: Ballot) -> dict[str, Any]:
    return {
        "version": VERSION,
        "reference": ballot.reference,
        "title": _texts(ballot.title),
        "question": _texts(ballot.question),
        "method": ballot.method.value,
        "vote_type": ballot.vote_type.value,
        "rule": ballot.rule,
        "budget": ballot.budget,
        "currency": ballot.currency,
        "points_each": ballot.points_each,
        "winners_wanted": ballot.winners_wanted,
        "least_support": ballot.least_support,
        "one_per_category": ballot.one_per_category,
        "min_choices": ballot.min_choices,
        "max_choices": ballot.max_choices,
        "secret": ballot.secret,
        "conditions": ballot.conditions,
        "checks": ballot.checks,
        "entitled": ballot.entitled,
        **({} if ballot.present is None else {"present": ballot.present}),
        "roll_checksum": ballot.roll_checksum,
        "electorate": ballot.electorate.value,
        "opened_at": ballot.opened_at.isoformat() if ballot.opened_at else None,
        "closed_at": ballot.closed_at.isoformat() if ballot.closed_at else None,
        "voted": ballot.vote_count,
        "on_paper": ballot.paper_count,
        "standing_objections": ballot.standing_objections,
        "seed_commitment": ballot.seed_commitment,
        "options": [
            {
                "position": option.position,
                "title": _texts(option.title),
                "cost": option.cost,
                "category": option.group_label,
            }
            for option in ballot.options
        ],
    }


def _texts(text: Multilingual) -> dict[str, str]:
    return dict(text.texts)
