#!/usr/bin/env python3
"""Counts the votes of an archive again, and checks that nothing in it was altered.

    python3 verify.py ARCHIVE.zip [--key KEY] [--json]

Prints the result as counted here, byte for byte as ``result.json`` holds it, and tells on the error channel that the
archive is in order; or else what was altered, and where, and ends with 1. ``--key``: the key on the page of the result;
without it, anybody could have signed the archive. ``--json``: what was altered, as JSON on the ordinary channel too.

It needs Python 3.9 and nothing else, and shares no line with the counter that it checks: it was written from the rules
alone. All figures are whole numbers or fractions, never rounded. Options go by their positions, as text.
"""

from __future__ import annotations

import argparse
import binascii
import json
import re
import struct
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from hashlib import sha256, sha512
from math import lcm
from typing import Any

Marks = tuple[
    tuple[str, int], ...
]  # a vote: options in the voter's order, with points (1 on ballots without)
Data = dict[str, Any]
Files = Mapping[str, bytes]

LARGEST, MOST_FILES, SMALLEST_GROUP = 2 * 1024**3, 20, 10
SEALED = ("README.txt", "ballot.json", "receipts.txt", "result.json", "seed.txt", "verify.py")
SIGNING = ("checkpoint.txt", "key.txt", "manifest.txt")
FIGURE = "(?:0|[1-9][0-9]{0,8})"


class Altered(Exception):
    """What was altered, and where."""


class Report:
    """What was found. ``result``: as counted here, and only if there are no ``problems``."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.result: bytes | None = None
        self.reference, self.key, self.votes, self.leaves, self.held_back = "", "", 0, 0, False


def shown(text: str) -> str:
    """Foreign text that does no harm where it is printed."""
    return ascii(text[:120])


def unpacked(data: bytes) -> dict[str, bytes]:
    """The files by name. The one form that an archive can have is built beside it, and every byte compared: whatever
    else a ZIP file could hold (dates, comments, gaps, two files of one name) has no place to be.
    """
    files: dict[str, bytes] = {}
    directory, at = b"", 0
    while data[at : at + 4] == b"PK\3\4" and at + 30 <= len(data) <= LARGEST and len(files) < MOST_FILES:
        size, length = struct.unpack_from("<IH", data, at + 22)
        start = at + 30 + length
        raw, content = data[at + 30 : start], data[start : start + size]
        # ZIP 2.0, not packed; the time 0 and the date 0x21 are the midnight at which 1980 began.
        head = struct.pack("<HHHHHI", 20, 0, 0, 0, 0x21, binascii.crc32(content))
        head += struct.pack("<IIHH", len(content), len(content), len(raw), 0)
        name = raw.decode("latin-1")
        if data[at:start] != b"PK\3\4" + head + raw or name <= max(files, default=""):
            raise Altered(f"the ZIP file, byte {at}: {shown(name)} is not as it was packed")
        directory += b"PK\1\2\x14\3" + head + struct.pack("<HHHII", 0, 0, 0, 0o100644 << 16, at) + raw
        files[name], at = content, start + size
    end = struct.pack("<HHHHIIH", 0, 0, len(files), len(files), len(directory), at, 0)
    if data[at:] != directory + b"PK\5\6" + end:
        raise Altered(f"the ZIP file, byte {at}: its list of files is not the one that belongs here")
    odd = set(files).symmetric_difference(SEALED + SIGNING)
    if odd not in ({"votes.txt"}, {"leaves.txt"}):
        raise Altered(f"the ZIP file: missing, or too much: {shown(' '.join(sorted(odd)))}")
    return files


def lines_of(files: Files, name: str, form: str | None = None) -> list[str]:
    """The lines of a text. Those of a ``form`` stand in ascending order, each once."""
    lines = files[name].decode().split("\n")
    if lines.pop():
        raise Altered(f"{name}: cut off in its last line")
    for place, line in enumerate(lines if form else []):
        if not re.fullmatch(form or "", line) or (place and lines[place - 1] >= line):
            raise Altered(f"{name}, line {place + 1}: not in its form, not in order, or there twice")
    return lines


def canonical(data: Any) -> bytes:
    """The one form in which JSON stands in an archive."""
    return (json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()


def parsed(files: Files, name: str) -> Data:
    """An object in canonical form. What is not a whole number is read as text, and a key that stands there twice is
    lost: so neither is found again in the same form.
    """
    data = json.loads(files[name].decode(), parse_float=str, parse_constant=str)
    if not isinstance(data, dict) or canonical(data) != files[name]:
        raise Altered(f"{name}: not in canonical form")
    return data


def value_of(data: Data, name: str, form: type, default: Any = None) -> Any:
    """A value of the ballot, in its form."""
    value = default if data.get(name) is None else data[name]
    if type(value) is not form or (isinstance(value, int) and not 0 <= value < 1 << 63):
        raise Altered(f"ballot.json, {name}: not in its form")
    return value


class Poll:
    """What was asked, and by which terms: ``ballot.json``."""

    def __init__(self, data: Data) -> None:
        if data.get("version") != 1:
            raise Altered("ballot.json, version: this counter knows version 1")
        told, self.options = data["options"], [str(value_of(o, "position", int)) for o in data["options"]]
        self.method, self.kind, self.rule, self.reference = (
            value_of(data, name, str) for name in ("method", "vote_type", "rule", "reference")
        )
        self.budget, self.points_each, self.wanted, self.voted, self.on_paper = (
            value_of(data, name, int, 0)
            for name in ("budget", "points_each", "winners_wanted", "voted", "on_paper")
        )
        self.least_support, self.standing, self.least, self.entitled, self.present = (
            value_of(data, name, int, 0)
            for name in ("least_support", "standing_objections", "min_choices", "entitled", "present")
        )
        self.conditions: Data = value_of(data, "conditions", dict, {})
        self.checks: list[Data] = value_of(data, "checks", list, [])
        self.most = 1 if self.kind == "choose-1" else value_of(data, "max_choices", int, len(told))
        self.one_per_category = value_of(data, "one_per_category", bool)
        self.promise = value_of(data, "seed_commitment", str, "")
        self.costs = {o: value_of(one, "cost", int, 0) for o, one in zip(self.options, told)}
        self.categories = {o: value_of(one, "category", str, "") for o, one in zip(self.options, told)}
        if len(self.costs) != len(told):
            raise Altered("ballot.json, options: a position is there twice")

    def votes(self, lines: Sequence[str]) -> list[Marks]:
        """The marks of all votes, as ``votes.txt`` tells them, if they are such as one could give."""
        votes = []
        for place, line in enumerate(lines):
            pairs = [part.partition(":") for part in line[33:].split()]
            votes.append(tuple((option, int(points or 1)) for option, _, points in pairs))
            again = place and lines[place - 1][:32] == line[:32]
            if wrong := "its number is there twice" if again else self._wrong(dict(votes[-1]), len(pairs)):
                raise Altered(f"votes.txt, line {place + 1}: {wrong}")
        return votes

    def _wrong(self, marks: Mapping[str, int], number: int) -> str:
        used = [points**2 if self.method == "quadratic" else points for points in marks.values()]
        limited = self.method == "budget" and self.kind == "approval"
        reasons = {
            "an option twice": len(marks) != number,
            "not on the ballot": not marks.keys() <= self.costs.keys(),
            "too few options, or too many": not self.least <= number <= self.most,
            "too many points for one": self.kind == "scoring" and max(used, default=0) > self.points_each,
            "too many points": self.kind == "cumulative" and sum(used) > self.points_each,
            "over the budget": limited and sum(self.costs.get(o, 0) for o in marks) > self.budget,
        }
        return next((reason for reason, holds in reasons.items() if holds), "")


def leaf(kind: str, line: str) -> bytes:
    """The hash of a vote or a receipt in the tree (RFC 6962: a leaf starts with 0, a node with 1)."""
    return sha256(f"\0{kind};{line}".encode()).digest()


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes, sorted. A node without a partner moves up, which gives the tree of RFC 6962."""
    level = sorted(leaves)
    while len(level) > 1:
        pairs = [level[at : at + 2] for at in range(0, len(level), 2)]
        level = [sha256(b"\1" + b"".join(pair)).digest() if len(pair) == 2 else pair[0] for pair in pairs]
    return level[0] if level else sha256(b"").digest()


Point = tuple[int, int, int, int]  # of edwards25519, in extended coordinates (RFC 8032, section 5.1.4)
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT_OF_MINUS_1 = -121665 * pow(121666, P - 2, P) % P, pow(2, (P - 1) // 4, P)


def plus(one: Point, other: Point) -> Point:
    """The sum of two points; the same formula doubles."""
    a, b = (one[1] - one[0]) * (other[1] - other[0]), (one[1] + one[0]) * (other[1] + other[0])
    c, d = 2 * D * one[3] * other[3], 2 * one[2] * other[2]
    e, f, g, h = (b - a) % P, (d - c) % P, (d + c) % P, (b + a) % P
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number: int, point: Point) -> Point:
    """A point, so many times."""
    total = (0, 1, 1, 0)
    while number:
        total = plus(total, point) if number & 1 else total
        point, number = plus(point, point), number >> 1
    return total


def point_from(encoded: bytes) -> Point | None:
    """The point of 32 bytes, or ``None`` if there is none, or they are not its one canonical form."""
    number = int.from_bytes(encoded, "little")
    y, sign = number & (1 << 255) - 1, number >> 255
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * ROOT_OF_MINUS_1 % P
    if y >= P or x * x % P != square or (sign and not x):
        return None
    x = x if x & 1 == sign else P - x
    return x, y, 1, x * y % P


def signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether this is an Ed25519 signature (RFC 8032, section 5.1.7), in its strict reading: every number in its one
    form, and no key of small order, under which one signature fits many messages.
    """
    key, base = point_from(public), point_from((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
    half, number = signature[:32], int.from_bytes(signature[32:], "little")
    if key is None or base is None or len(signature) != 64 or number >= ORDER or not times(8, key)[0]:
        return False
    challenge = int.from_bytes(sha512(half + public + message).digest(), "little") % ORDER
    x, y, z, _ = plus(times(number, base), times(challenge, (P - key[0], key[1], 1, P - key[3])))
    x, y = (part * pow(z, P - 2, P) % P for part in (x, y))
    return (y | (x & 1) << 255).to_bytes(32, "little") == half


def base64(data: bytes) -> str:
    """Base64 in its one form."""
    return binascii.b2a_base64(data, newline=False).decode()


class Count:
    """The votes, equal ones taken together, the order that breaks ties, and what is told of the count."""

    def __init__(self, poll: Poll, votes: Iterable[Marks], lot: str | None) -> None:
        self.poll, self.options, self.costs, self.tie_break = poll, poll.options, poll.costs, "order"
        self.groups = sorted(Counter(votes).items())
        self.voters, order = sum(number for _, number in self.groups), list(self.options)
        if lot is not None:
            self.tie_break = "lot"
            order.sort(key=lambda o: (sha256(f"{lot}\n{o}".encode()).hexdigest(), o))
        self.rank = {option: place for place, option in enumerate(order)}
        self.scores = dict.fromkeys(self.options, 0)
        for marks, number in self.groups:
            for option, points in marks:
                self.scores[option] += points * number
        self.rankings = [([o for o, _ in marks], number) for marks, number in self.groups if marks]
        self.rounds, self.stages, self.ties = list[Data](), list[Data](), list[Data]()
        self.earlier = list[Mapping[str, int]]()  # the votes at the stages so far

    def doubled_borda(self) -> dict[str, int]:
        """Twice the points of places; options that a ballot leaves out share the places that are left. Empty ballots
        prefer nobody to anybody, and give nothing.
        """
        total, last = dict.fromkeys(self.options, 0), len(self.options) - 1
        for ranking, number in self.rankings:
            for option in self.options:
                total[option] += number * (last - len(ranking))
            for place, option in enumerate(ranking):
                total[option] += number * (last + len(ranking) - 2 * place)
        return total

    def in_order(self, options: Iterable[str]) -> list[str]:
        """Options as ties among them are broken."""
        return sorted(options, key=self.rank.__getitem__)

    def best_first(self, worth: Mapping[str, Any]) -> list[str]:
        """All options by worth, then by the order for ties."""
        return sorted(self.in_order(self.options), key=worth.__getitem__, reverse=True)

    def lead(self, figures: Mapping[str, Any], pick: Callable[..., Any]) -> tuple[list[str], Any]:
        """Who has the best figure, in the order for ties, and the figure."""
        best = pick(figures.values())
        return self.in_order(option for option in figures if figures[option] == best), best

    def firsts(self) -> dict[str, int]:
        """How many ballots rank each option first."""
        return {o: sum(number for ranking, number in self.rankings if ranking[0] == o) for o in self.options}

    def looked_back(self, tied: list[str], pick: Callable[..., int]) -> list[str]:
        """Those of the tied who had the fewest (or most) votes at the latest earlier stage at which they differed."""
        for tallies in reversed(self.earlier):
            wanted = pick(tallies[option] for option in tied)
            tied = [option for option in tied if tallies[option] == wanted]
        return tied

    def turn(self, option: str, outcome: str, left: int | None = None, **more: str) -> None:
        """Tell the turn of an option; ``left``: the money before it, where money counts."""
        cost = 0 if left is None else self.costs[option]
        told: Data = {"number": len(self.rounds) + 1, "option": option}
        told.update(outcome=outcome, score=self.scores[option], cost=cost, left=left or 0, **more)
        self.rounds.append(told)

    def tie(self, options: Sequence[str], score: Any, decisive: bool) -> None:
        """Tell that options stood equal, in the order in which they were told apart, if there were several."""
        if len(options) > 1:
            self.ties.append({"options": options, "score": str(score), "decisive": decisive})

    def one_by_one(self, tied: Sequence[tuple[int, list[str], Fraction]], chosen: Sequence[Any]) -> None:
        """Tell ties among options that win one after the other, each after so many winners (``chosen``, with figures).
        The order decided nothing if all of the equal ones came next, and were still equal when they did: none of them
        had taken anything from the others.
        """
        for before, options, figure in tied:
            at_their_turn = dict(chosen[before : before + len(options)])
            self.tie(options, figure, at_their_turn != dict.fromkeys(options, figure))

    def stage(self, tallies: Mapping[str, int], unit: int, **told: Any) -> None:
        """Tell a stage of a count in which votes move; ``tallies`` in parts of a vote, ``unit`` of which are one."""
        self.earlier.append(tallies)
        figures = {option: plain(Fraction(parts, unit)) for option, parts in tallies.items()}
        self.stages.append({"number": len(self.stages) + 1, "tallies": figures, **told})

    def equal(self, turns: Iterable[Data], worth: Mapping[str, Any]) -> list[list[Data]]:
        """Turns of equal worth, in the order of the first of each."""
        found: dict[Any, list[Data]] = {}
        for turn in turns:
            if turn["outcome"] != "below_threshold":
                found.setdefault(worth[turn["option"]], []).append(turn)
        return list(found.values())

    def told(self, method: str, winners: Sequence[str], details: Data | None = None, **more: Any) -> Data:
        """The result. A budget is used up if nothing that did not win fits into what is left."""
        told = {"method": method, "winners": winners, "scores": self.scores, "details": details or {}, **more}
        told.update(rounds=self.rounds, ties=self.ties, tie_break=self.tie_break, voters=self.voters)
        told.update({"stages": self.stages} if self.stages else {}, budget=None, spent=0, exhausted=False)
        if self.poll.method == "budget":
            left = self.poll.budget - sum(self.costs[option] for option in winners)
            full = all(self.costs[option] > left for option in self.options if option not in winners)
            told.update(budget=self.poll.budget, spent=self.poll.budget - left, exhausted=full)
        return told


def plain(figure: Fraction) -> int | str:
    """A whole number, or a fraction as text."""
    return figure.numerator if figure.denominator == 1 else str(figure)


def answered(count: Count, adopted: str | None, details: Data) -> Data:
    """The result of a question with fixed answers; no tie is ever broken by lot."""
    for option in count.options:
        count.turn(option, "elected" if option == adopted else "no_seat")
    count.tie_break = "order"
    return count.told(count.poll.method, [] if adopted is None else [adopted], details)


def yes_no(count: Count) -> Data:
    """Adopted if more say yes than no."""
    yes, no, _abstain = (count.scores[option] for option in count.options)
    return answered(count, count.options[0] if yes > no else None, {"valid": yes + no, "share": "1/2"})


def consent(count: Count) -> Data:
    """Adopted if somebody voted, and no objection stands at the end."""
    _consenting, _reserved, objecting = (count.scores[option] for option in count.options)
    if count.poll.standing > objecting:
        raise Altered("ballot.json, standing_objections: more than there were")
    adopted = count.options[0] if sum(count.scores.values()) and not count.poll.standing else None
    return answered(count, adopted, {"standing": count.poll.standing})


def gradients(count: Count) -> Data:
    """Adopted if the answer in the middle is one of the first three; of two, the one further from agreement holds."""
    votes = [count.scores[option] for option in count.options]
    valid, supporting = sum(votes), sum(votes[:3])
    median = next((at for at in range(len(votes)) if sum(votes[: at + 1]) > valid // 2), -1)
    details = {"median": median, "supporting": supporting, "valid": valid}
    return answered(count, count.options[median] if 0 <= median < 3 else None, details)


def highest(count: Count, method: str, seats: int, least: int, worth: Any = None, **more: Any) -> Data:
    """The best win. ``worth``: what options are compared by where that is more than the score."""
    worth, winners = worth or count.scores, list[str]()
    for option in count.best_first(worth):
        outcome = "elected" if len(winners) < seats else "no_seat"
        outcome = outcome if count.scores[option] >= max(least, 1) else "below_threshold"
        winners += [option] if outcome == "elected" else []
        count.turn(option, outcome)
    for group in count.equal(count.rounds, worth):
        outcomes = {turn["outcome"] for turn in group}
        count.tie([turn["option"] for turn in group], group[0]["score"], len(outcomes) > 1)
    return count.told(method, winners, **more)


def sums(count: Count) -> Data:
    """The most votes, points or places."""
    poll, several, more = count.poll, count.poll.method in ("approval", "multiple_choice"), {}
    if poll.method == "borda":
        count.scores, more = count.doubled_borda(), {"details": {"scale": 2}}
    seats = poll.wanted or (len(count.options) if several else 1)
    return highest(count, "approval" if several else poll.method, seats, poll.least_support, **more)


def majority_judgment(count: Count) -> Data:
    """The best middle grade wins; between equal ones those next to the middle are compared, one after the other."""
    table = {option: [0] * (min(count.poll.points_each, 255) + 1) for option in count.options}
    for marks, number in count.groups:
        given = dict(marks)
        for option in count.options:
            table[option][given.get(option, 0)] += number
    worth = {option: majority_value(row) for option, row in table.items()}
    count.scores = {option: value[0] if value else 0 for option, value in worth.items()}
    details, tables = {"grades": count.poll.points_each + 1}, {"grades": table}
    return highest(count, "majority_judgment", 1, 1, worth, details=details, tables=tables)


def majority_value(row: Sequence[int]) -> bytes:
    """The lower middle grade, taken away again and again: from the middle outwards, in turn on either side."""
    grades = b"".join(bytes([grade]) * number for grade, number in enumerate(row))
    taken, below = bytearray(), max(len(grades) - 1, 0) // 2
    above = below
    while len(taken) < len(grades):
        if (len(grades) - len(taken) - 1) // 2 < below:
            below -= 1
            taken.append(grades[below])
        else:
            taken.append(grades[above])
            above += 1
    return bytes(taken)


def next_of(ranking: Sequence[str], inside: Iterable[str]) -> str:
    """The first on a ballot that can still take its vote, or nobody."""
    return next((option for option in ranking if option in inside), "")


def irv(count: Count) -> Data:
    """Instant run-off: the last leaves, until one has more than half of the votes that still count."""
    inside, winners, source = set(count.options), list[str](), None
    while count.rankings and not winners:
        tallies, excluded = dict.fromkeys(["", *inside], 0), list[str]()
        for ranking, number in count.rankings:
            tallies[next_of(ranking, inside)] += number
        counting = sum(tallies.values()) - tallies.pop("")
        leaders, most = count.lead(tallies, max)
        if 2 * most > counting or len(inside) == 1:
            winners = leaders[:1]
        else:
            tied, fewest = count.lead(tallies, min)
            last = count.looked_back(tied, min)
            for tie in count.ties if len(last) < len(tied) else []:
                # The order of an earlier tie shaped the figures that were looked back at, if it moved any votes.
                tie["decisive"] = tie["decisive"] or tie["score"] != "0"
            # Who of them stays leaves next if all their votes together stay below those of the next option.
            others = min((tallies[option] for option in inside.difference(last)), default=0)
            count.tie(last, fewest, fewest * len(last) >= others)
            excluded = last[-1:]
        out = count.voters - counting
        count.stage(tallies, 1, elected=winners, excluded=excluded, source=source, exhausted=out)
        inside, source = inside.difference(excluded), "".join(excluded) or None
    count.scores = count.firsts()
    return count.told("irv", winners)


VOTE = 100_000  # parts: the Scottish rules (SSI 2007/42) keep five decimal places and drop the rest


def stv(count: Count) -> Data:
    """Single transferable vote by the Scottish rules: a surplus moves as a part of every vote of the option."""
    seats, inside, winners, source = count.poll.wanted or 1, set(count.options), list[str](), None
    valid = sum(number for _, number in count.rankings)
    quota = valid // (seats + 1) + 1
    holders, values = [ranking[0] for ranking, _ in count.rankings], [VOTE] * len(count.rankings)
    surplus, fixed, tied = dict[str, int](), dict[str, int](), list[tuple[list[str], int]]()
    while holders and len(winners) < seats and inside:
        tallies, excluded, move = {**dict.fromkeys(["", *inside, *winners], 0), **fixed}, list[str](), ""
        for (_, number), holder, value in zip(count.rankings, holders, values):
            tallies[holder] += number * value
        del tallies[""]
        standing = sorted(count.in_order(inside), key=tallies.__getitem__, reverse=True)
        elected = [option for option in standing if tallies[option] >= quota * VOTE]
        surplus.update({o: tallies[o] - quota * VOTE for o in elected if tallies[o] > quota * VOTE})
        elected = standing if len(standing) <= seats - len(winners) else elected
        winners, inside = winners + elected, inside.difference(elected)
        if len(winners) < seats and inside:
            pick = max if surplus else min
            equal, _ = count.lead(surplus or {option: tallies[option] for option in inside}, pick)
            equal = count.looked_back(equal, pick)
            # The order is to an option's advantage: its surplus moves first, and it is the last to leave.
            move = equal[0 if surplus else -1]
            tied.append((equal, tallies[move]))
            excluded = [] if surplus else [move]
        lost = plain(Fraction(valid * VOTE - sum(tallies.values()), VOTE))
        count.stage(tallies, VOTE, elected=elected, excluded=excluded, source=source, exhausted=lost)
        inside, source = inside.difference(excluded), move or None
        for at, (ranking, _) in enumerate(count.rankings if move else []):
            if holders[at] == move:
                holders[at] = next_of(ranking, inside)
                values[at] = values[at] if excluded else values[at] * surplus[move] // tallies[move]
        if move in surplus:
            fixed[move] = tallies[move] - surplus.pop(move)
    # Among options without votes the order decides only if one of them gets a seat that is left over in the end.
    for options, parts in tied:
        count.tie(options, Fraction(parts, VOTE), parts > 0 or not set(options).isdisjoint(winners))
    count.scores = count.firsts()
    return count.told("stv", winners, {"quota": quota, "seats": seats, "valid": valid})


def schulze(count: Count) -> Data:
    """Every option against every other; a defeat counts for nothing beside a stronger way back round others."""
    options, duels = count.options, {o: dict.fromkeys(count.options, 0) for o in count.options}
    for ranking, number in count.rankings:
        below = set(options)
        for option in ranking:
            below.discard(option)
            for other in below:
                duels[option][other] += number
    ways = {o: {x: duels[o][x] if duels[o][x] > duels[x][o] else 0 for x in options} for o in options}
    for through in options:
        for start in options:
            for end in options:
                if start != end:
                    way = min(ways[start][through], ways[through][end])
                    ways[start][end] = max(ways[start][end], way)
    count.scores = {o: sum(ways[o][x] > ways[x][o] for x in options) for o in options}
    unbeaten = (o for o in options if count.rankings and all(ways[o][x] >= ways[x][o] for x in options))
    best = count.in_order(unbeaten)
    count.tie(best, count.scores[best[0]] if best else 0, True)
    beats_all = bool(best) and all(duels[best[0]][x] > duels[x][best[0]] for x in options if x != best[0])
    named = {"duels": duels, "ways": ways}.items()
    tables = {name: {o: list(row.values()) for o, row in table.items()} for name, table in named}
    return count.told("schulze", best[:1], {"condorcet": int(beats_all)}, tables=tables)


def sequential(count: Count) -> Data:
    """Winners one after the other, each of which makes its supporters count less for the next.

    Proportional approval: a ballot of which k already won weighs 1/(k+1), and the most weight wins. Phragmén: each
    winner weighs 1 (or what it costs), its supporters carry it, and the one whose supporters then carry least wins;
    with costs the count ends at the first that does not fit.
    """
    poll, groups, scores, winners = count.poll, count.groups, count.scores, list[str]()
    spav, money, left, stopped = poll.method == "spav", poll.method == "budget", poll.budget, ""
    seats = len(count.options) if money else poll.wanted or 1
    given = [dict(marks) for marks, _ in groups]
    carriers = {option: [at for at, one in enumerate(given) if option in one] for option in count.options}
    carried, tied, chosen = [Fraction(0)] * len(groups), list[Any](), list[Any]()
    while len(winners) < seats and not stopped:
        figures = {}
        for option in (option for option in count.options if carriers[option] and option not in winners):
            if spav:
                weights = (groups[at][1] / (1 + carried[at]) for at in carriers[option])
                figures[option] = sum(weights, Fraction(0))
            else:
                weight = Fraction(count.costs[option] if money else 1)
                weight += sum(carried[at] * groups[at][1] for at in carriers[option])
                figures[option] = weight / scores[option]
        if not figures:
            break
        leaders, figure = count.lead(figures, max if spav else min)
        tied.append((len(winners), leaders, figure))
        option = leaders[0]
        stopped = option if money and count.costs[option] > left else ""
        count.turn(option, "over_budget" if stopped else "elected", left if money else None, rate=str(figure))
        if not stopped:
            winners, left = [*winners, option], left - count.costs[option]
            chosen.append((option, figure))
            for at in carriers[option]:
                carried[at] = carried[at] + 1 if spav else figure
    for option in count.best_first(scores) if money else sorted(count.options, key=lambda o: -scores[o]):
        if option not in (*winners, stopped):
            outcome = "after_stop" if money else "no_seat"
            count.turn(option, outcome if scores[option] else "below_threshold", left if money else None)
    count.one_by_one(tied, chosen)
    return count.told("budget-phragmen" if money else poll.method, winners, {} if money else {"seats": seats})


def greedy(count: Count) -> Data:
    """The highest score first, as far as the money goes."""
    poll, left, stopped, used, winners = count.poll, count.poll.budget, False, {""}, list[str]()
    count.scores = count.doubled_borda() if poll.kind == "ordinal" else count.scores
    for option in count.best_first(count.scores):
        cost, category, more = count.costs[option], poll.categories[option], {}
        if count.scores[option] < max(poll.least_support, 1):
            outcome = "below_threshold"
        elif stopped:
            outcome = "after_stop"
        elif poll.one_per_category and category and category in used:
            outcome, more = "quota_full", {"quota": category}
        else:
            outcome = "elected" if cost <= left else "over_budget"
            stopped = cost > left and poll.rule == "greedy-no-skip"
        count.turn(option, outcome, left, **more)
        if outcome == "elected":
            left, winners = left - cost, [*winners, option]
            used.add(category)
    for group in count.equal(count.rounds, count.scores):
        won, first = {turn["outcome"] == "elected" for turn in group}, group[0]
        # Where the count ended at the first of them, another one might have fitted.
        ended = poll.rule == "greedy-no-skip" and first["outcome"] == "over_budget"
        instead = ended and any(turn["cost"] <= first["left"] for turn in group)
        count.tie([turn["option"] for turn in group], first["score"], len(won) > 1 or instead)
    return count.told(poll.rule, winners)


def purchases(count: Count, share: Fraction, supporters: Mapping[str, list[tuple[int, int]]]) -> Any:
    """One election by the Method of Equal Shares (Peters, Pierczyński and Skowron 2021), from one share for each: what
    was bought at which price, and the ties. ``supporters``: groups of voters, with the points they give.

    Money is in whole numbers of 1/``scale``, which grows so that every payment is one: exact, without fractions.
    """
    groups, scale, money = count.groups, share.denominator, [share.numerator] * len(count.groups)
    unit = dict.fromkeys(count.options, 1) if "cardinality" in count.poll.rule else count.costs

    def price_of(option: str) -> Fraction | None:
        """The lowest price of a unit of use at which the supporters pay the cost, each at most what they have."""
        missing, common = count.costs[option] * scale, lcm(*(points for _, points in supporters[option]))
        weights = sum(points * groups[at][1] for at, points in supporters[option])
        for at, points in sorted(supporters[option], key=lambda one: money[one[0]] * (common // one[1])):
            if money[at] * weights >= missing * points:
                return Fraction(missing, weights * scale * unit[option])
            missing -= money[at] * groups[at][1]
            weights -= points * groups[at][1]
        return None

    bought: dict[str, Fraction] = {}
    tied: list[tuple[int, list[str], Fraction]] = []
    # Prices that were true once: they only ever rise, and what supporters cannot pay now they never can.
    known = {option: Fraction(0) for option, found in supporters.items() if found}
    while known:
        best: Fraction | None = None
        for option in sorted(known, key=known.__getitem__):
            if best is None or known[option] <= best:
                price = price_of(option)
                best = best if price is None else min(price, price if best is None else best)
                known[option] = Fraction(-1) if price is None else price  # -1: not to be paid
        known = {option: price for option, price in known.items() if price >= 0}
        if best is not None:
            leaders, price = count.lead(known, min)
            tied.append((len(bought), leaders, price))
            bought[leaders[0]], each = price, price * unit[leaders[0]]
            del known[leaders[0]]
            scale, grown = lcm(scale, each.denominator), lcm(scale, each.denominator) // scale
            money = [held * grown for held in money]
            for at, points in supporters[leaders[0]]:
                money[at] -= min(money[at], points * each.numerator * (scale // each.denominator))
    return bought, tied


def equal_shares(count: Count) -> Data:
    """Equal shares; then the shares are raised step by step, as long as the budget holds: by one unit of money, or
    ten, a
    hundred and so on, so that the first share has fewer than a thousand of them; at most five thousand times.
    """
    budget, costs, scores, voters, steps = count.poll.budget, count.costs, count.scores, count.voters, 0
    given = [dict(marks) for marks, _ in count.groups]
    supporters = {o: [(at, one[o]) for at, one in enumerate(given) if one.get(o)] for o in count.options}
    share = Fraction(budget, voters or 1)
    bought, tied = purchases(count, share, supporters)
    unit, elsewhere = 100, list[Any]()
    while budget // ((voters or 1) * unit) >= 1000:
        unit *= 10
    while voters and steps < 5000:
        left = budget - sum(costs[option] for option in bought)
        if not any(scores[o] and costs[o] <= left for o in count.options if o not in bought):
            break
        raised = Fraction((budget // (voters * unit) + steps + 1) * unit)
        tried = purchases(count, raised, supporters)
        if sum(costs[option] for option in tried[0]) > budget:
            elsewhere.append(tried)
            break
        elsewhere.append((bought, tied))
        (bought, tied), share, steps = tried, raised, steps + 1
    virtual, spent, winners = int(share * voters) if voters else budget, 0, list[str]()
    for option, price in bought.items():
        count.turn(option, "elected", virtual - spent, rate=str(price))
        winners, spent = [*winners, option], spent + costs[option]
    for option in count.best_first(scores) if count.poll.rule.endswith("u") else []:
        if option not in winners and scores[option] and costs[option] <= budget - spent:
            count.turn(option, "elected", budget - spent)
            winners, spent = [*winners, option], spent + costs[option]
    for option in sorted(count.options, key=lambda o: -scores[o]):
        if option not in winners:
            count.turn(option, "supporters_short", virtual - spent)
    count.one_by_one(tied, list(bought.items()))
    # Ties with other shares may have decided how far the shares were raised: each is told where it first came up.
    own = len(count.ties)
    for other, ties in elsewhere:
        count.one_by_one(ties, list(other.items()))
    told, count.ties = count.ties, count.ties[:own]
    known = [tie["options"] for tie in count.ties if tie["decisive"]]
    for tie in told[own:]:
        if tie["decisive"] and tie["options"] not in known:
            known.append(tie["options"])
            count.ties.append(tie)
    completed = (turn for turn in sorted(count.rounds, key=lambda turn: -turn["score"]) if "rate" not in turn)
    for group in count.equal(completed, scores):
        won = {turn["outcome"] == "elected" for turn in group}
        if True in won:
            count.tie(count.in_order(turn["option"] for turn in group), group[0]["score"], len(won) > 1)
    method = "equalshares/" + count.poll.rule.partition("/")[2] if voters else "equalshares"
    return count.told(method, winners, {"raised_shares": steps, "virtual_budget": virtual, "raised_by": unit})


SUMS = ("plurality", "approval", "multiple_choice", "score", "dots", "quadratic", "borda")
ADDING = ("equalshares/add1", "equalshares/add1u", "equalshares-cardinality/add1u")
RULES: dict[str, Callable[[Count], Data]] = {
    "yes_no": yes_no,
    "consent": consent,
    "gradients": gradients,
    "majority_judgment": majority_judgment,
    "irv": irv,
    "stv": stv,
    "schulze": schulze,
    **dict.fromkeys(SUMS, sums),
    **dict.fromkeys(("spav", "phragmen", "budget/phragmen"), sequential),
    **dict.fromkeys(("budget/greedy", "budget/greedy-no-skip"), greedy),
    **{f"budget/{rule}": equal_shares for rule in ADDING},
}


def recount(poll: Poll, votes: Iterable[Marks], lot: str | None) -> bytes:
    """The result of these votes, as ``result.json`` has to hold it."""
    rule = f"budget/{poll.rule}" if poll.method == "budget" else poll.method
    if rule not in RULES:
        raise Altered("ballot.json, method: there is no such rule")
    return canonical(RULES[rule](Count(poll, votes, lot)))


def check(data: bytes, key: str | None = None) -> Report:
    """Check an archive, against the key it must be signed with if there is one, and count it again. Never raises."""
    report = Report()
    try:
        look_into(data, key, report)
    except Altered as altered:
        report.problems.append(str(altered))
    except Exception as error:  # noqa: BLE001 - whatever strange bytes lead to, they are no archive of ours
        report.problems.append(f"the archive cannot be read: {type(error).__name__}: {shown(str(error))}")
    report.result = None if report.problems else report.result
    return report


def look_into(data: bytes, key: str | None, report: Report) -> None:
    """What costs little comes first; the signature and the count only if all else is in order."""
    files, wrong = unpacked(data), report.problems
    hashes = [f"{sha256(files[name]).hexdigest()}  {name}" for name in sorted(files) if name not in SIGNING]
    if hashes != (claimed := lines_of(files, "manifest.txt")):
        odd = sorted({line[66:] for line in {*hashes} ^ {*claimed}})
        wrong.append(f"manifest.txt: does not fit {shown(' '.join(odd)) if odd else 'its own order'}")
    poll = Poll(parsed(files, "ballot.json"))
    report.reference, report.votes, report.held_back = poll.reference, poll.voted, "leaves.txt" in files
    receipts, votes = lines_of(files, "receipts.txt", "[0-9a-f]{32}"), list[Marks]()
    if report.held_back:
        leaves = [bytes.fromhex(line) for line in lines_of(files, "leaves.txt", "[0-9a-f]{64}")]
    else:
        mark = f"{FIGURE}:{FIGURE}" if poll.kind in ("cumulative", "scoring") else FIGURE
        lines = lines_of(files, "votes.txt", f"[0-9a-f]{{32}};(?:{mark}(?: {mark})*)?")
        leaves, votes = [leaf("vote", line) for line in lines], poll.votes(lines)
    # whoever voted here has a receipt; sheets of paper have none
    report.leaves = len(leaves) + len(receipts)
    if (
        len(leaves) != poll.voted
        or len(receipts) != poll.voted - poll.on_paper
        or report.held_back != (poll.voted < SMALLEST_GROUP)
    ):
        wrong.append(f"votes: {len(leaves)} votes, {len(receipts)} receipts, and {poll.voted} who voted")
    root = root_of([*leaves, *(leaf("receipt", code) for code in receipts)])
    # The seed was promised before anybody voted, and nobody knew the root before all had.
    (seed,) = lines_of(files, "seed.txt")
    if (sha256(seed.encode()).hexdigest() if seed else "") != poll.promise:
        wrong.append("seed.txt: not the seed that was promised in ballot.json")
    lot = sha256(f"{seed}\n{root.hex()}".encode()).hexdigest() if seed else None
    result = parsed(files, "result.json")
    if result.get("voters") != poll.voted:
        wrong.append("result.json: not a result of these votes")
    (report.key,) = lines_of(files, "key.txt")
    if key is not None and key.strip() != report.key:
        wrong.append(f"key.txt: signed with another key than the expected one: {shown(report.key)}")
    check_signature(files, report, root)
    if wrong:
        return
    if any(
        one["kind"] in told and told[one["kind"]] != one
        for told in [checks_of(poll, result)]
        for one in poll.checks
    ):
        wrong.append("ballot.json, checks: they do not follow from the votes and the conditions")
    report.result = files["result.json"] if report.held_back else recount(poll, votes, lot)
    if report.result != files["result.json"]:
        counted = json.loads(report.result)
        parts = sorted(part for part in {*counted, *result} if counted.get(part) != result.get(part))
        wrong.append(f"result.json: counted again, it differs in {shown(' '.join(parts))}")


def checks_of(poll: Poll, result: Data) -> dict[str, Data]:
    """What the conditions about persons come to, by kind. How sectors, organisations and towns voted is not
    published, so
    what those come to is as published.
    """
    asked, cast, scores, found = poll.conditions, poll.voted, result["scores"], dict[str, Data]()

    def held(kind: str, reached: int, needed: Fraction, base: int | None, strictly: bool = False) -> None:
        wanted = needed if base is None else needed * base
        met = reached > wanted if strictly else reached >= wanted and base != 0
        least = (
            wanted.numerator // wanted.denominator + 1
            if strictly
            else -(-wanted.numerator // wanted.denominator)
        )
        part = needed.numerator if needed.denominator == 1 else str(needed)
        told = {
            "kind": kind,
            "met": met,
            "reached": reached,
            "needed": part,
            "base": base,
            "strictly": strictly,
        }
        found[kind] = {**told, "missing": 0 if met else max(least - reached, 1)}

    if "quorum_votes" in asked:
        held("quorum_votes", cast, Fraction(asked["quorum_votes"]), None)
    if "quorum_share" in asked:
        held("quorum_share", cast, Fraction(asked["quorum_share"]), poll.entitled)
    if "threshold" in asked:
        bases = {"valid": scores["1"] + scores["2"], "cast": cast, "eligible": poll.entitled}
        bases["present"] = poll.present
        if asked["threshold_base"] == "present" and poll.present < cast:
            raise Altered("ballot.json, present: fewer than those who voted")
        needed = Fraction(asked["threshold"])
        held("threshold", scores["1"], needed, bases[asked["threshold_base"]], needed <= Fraction(1, 2))
    if "winner_share" in asked:
        needed, weakest = (
            Fraction(asked["winner_share"]),
            min((scores[o] for o in result["winners"]), default=0),
        )
        held("winner_share", weakest, needed, cast, needed <= Fraction(1, 2))
    if {*found} - {one["kind"] for one in poll.checks}:
        raise Altered("ballot.json, checks: a condition was not checked")
    return found


def check_signature(files: Files, report: Report, root: bytes) -> None:
    """Key and checkpoint in the forms of C2SP's signed-note and tlog-checkpoint: against what the files lead to, line
    by line; then the signature, if nothing is wrong so far.
    """
    name, wrong = report.key.partition("+")[0], report.problems
    key = binascii.a2b_base64(report.key.split("+", 2)[-1])  # the key itself may hold plus signs
    number = sha256(name.encode() + b"\n" + key).digest()[:4]
    if report.key != f"{name}+{number.hex()}+{base64(key)}" or len(key) != 33 or key[0] != 1 or not name:
        wrong.append("key.txt: name, id and key do not belong together")
    expected = {"origin": f"{name}/{report.reference}", "size": str(report.leaves), "root": base64(root)}
    expected["manifest"] = f"manifest {sha256(files['manifest.txt']).hexdigest()}"
    body, note = "".join(f"{line}\n" for line in expected.values()), files["checkpoint.txt"].decode()
    for (part, line), told in zip(expected.items(), note.split("\n")):
        if line != told:
            wrong.append(f"checkpoint.txt, {part}: not that of these files")
    signature = b"" if wrong else binascii.a2b_base64(note.rpartition(" ")[2])
    fits = note == f"{body}\n— {name} {base64(signature)}\n" and signature[:4] == number
    if not wrong and not (fits and signed(key[1:], body.encode(), signature[4:])):
        wrong.append("checkpoint.txt: not signed with the key of key.txt")


def main(arguments: Sequence[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description="Counts the votes of an archive again, and checks all of it")
    parser.add_argument("archive", help="the ZIP file of a result")
    parser.add_argument("--key", help="the key on the page of the result")
    parser.add_argument("--json", action="store_true", help="tell what was altered as JSON too")
    chosen = parser.parse_args(arguments)
    try:
        with open(chosen.archive, "rb") as file:
            data = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    report = check(data, chosen.key)
    if report.result is None:
        if chosen.json:
            sys.stdout.buffer.write(canonical({"altered": report.problems, "reference": report.reference}))
        for problem in report.problems:
            print(f"ALTERED: {problem}", file=sys.stderr)
        return 1
    sys.stdout.buffer.write(report.result)
    sys.stdout.flush()
    signer = "the expected key" if chosen.key else f"the key {report.key}"
    told = f"The archive is in order: {report.reference}, {report.votes} votes, signed with {signer}; "
    published = "so few voted that single votes are held back, and the result is as published"
    told += published if report.held_back else "counted again, with the same result"
    print(ascii(told)[1:-1], file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
