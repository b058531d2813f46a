"""The single transferable vote as Scotland counts it: worked by hand, ties, and against a naive count."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stakeholder_hub.decisions.methods.ballots import BallotKind, InvalidCount, Profile
from stakeholder_hub.decisions.methods.runoff import count_runoff
from stakeholder_hub.decisions.methods.stv import MOST_VOTERS, UNIT, count_stv

ABCD = ("a", "b", "c", "d")
ABCDE = (*ABCD, "e")
BALLOTS = st.lists(st.lists(st.sampled_from(ABCDE), unique=True), max_size=14)


def ranked(*ballots, options=ABCD):
    return Profile.of(BallotKind.ORDINAL, options, ballots)


def votes(**figures):
    return {option: Fraction(figure) for option, figure in figures.items()}


def test_a_surplus_moves_at_five_decimals_and_the_rest_is_cut_off():
    """Thirteen ballots, two seats: the quota is 13 // 3 + 1 = 5. ``a`` has seven, two too many: each of its ballots
    moves on at 2/7 = 0.28571|43 votes. One of the seven has no next preference. Then ``d`` leaves with 1.57142, of
    which only its own ballot goes to ``c``; then ``b`` leaves, and ``c`` is left for the second seat.
    """
    profile = ranked(*["ac"] * 4, *["ad"] * 2, "a", *["b"] * 3, *["c"] * 2, "dc")
    result = count_stv(profile, seats=2)
    assert result.winners == ("a", "c")
    assert result.details == {"quota": 5, "seats": 2, "valid": 13}
    assert result.scores == {"a": 7, "b": 3, "c": 2, "d": 1}
    first, second, third, fourth = result.stages
    assert (first.elected, first.excluded, first.source) == (("a",), (), None)
    assert first.tallies == votes(a=7, b=3, c=2, d=1)
    assert (second.elected, second.excluded, second.source) == ((), ("d",), "a")
    assert second.tallies == votes(a=5, b=3, c="3.14284", d="1.57142")
    assert second.exhausted == Fraction("0.28574")
    assert (third.elected, third.excluded, third.source) == ((), ("b",), "d")
    assert third.tallies == votes(a=5, b=3, c="4.14284")
    assert third.exhausted == Fraction("0.85716")
    assert (fourth.elected, fourth.excluded, fourth.source) == (("c",), (), "b")
    assert fourth.tallies == votes(a=5, c="4.14284")
    assert fourth.exhausted == Fraction("3.85716")
    assert not result.ties


def test_a_ballot_that_moves_twice_is_reduced_twice():
    """Eleven ballots, three seats: the quota is 3. The seven ballots of ``a`` move at 4/7 = 0.57142|86 to ``b``, which
    has 5.99994 then: its surplus of 2.99994 reduces them to 0.57142 * 2.99994 / 5.99994 = 0.28570|7 and the two whole
    ballots to 0.49999|4. So ``c`` has 1 + 7 * 0.28570 = 2.99990: cutting off keeps it below the quota.
    """
    result = count_stv(ranked(*["abc"] * 7, *["bd"] * 2, "c", "d"), seats=3)
    assert result.winners == ("a", "b", "c")
    assert result.stages[1].tallies == votes(a=3, b="5.99994", c=1, d=1)
    assert result.stages[1].elected == ("b",)
    assert result.stages[2].tallies == votes(a=3, b=3, c="2.9999", d="1.99998")
    assert result.stages[2].exhausted == Fraction("0.00012")
    assert result.stages[2].excluded == ("d",)
    assert result.stages[3].elected == ("c",)


def test_the_larger_surplus_moves_first_and_passes_over_who_is_elected():
    """Quota 3. ``b`` has five votes and ``a`` four: the ballots of ``b`` pass over ``a`` and go to ``c``."""
    result = count_stv(ranked(*["ad"] * 4, *["bac"] * 5, "d", "d"), seats=3)
    assert result.stages[0].elected == ("b", "a")
    assert [stage.source for stage in result.stages] == [None, "b", "a"]
    assert result.stages[1].tallies == votes(a=4, b=3, c=2, d=2)
    assert result.stages[2].tallies == votes(a=3, b=3, c=2, d=3)
    assert result.winners == ("b", "a", "d")


def test_who_reaches_the_quota_exactly_keeps_every_vote():
    result = count_stv(ranked(*["ab"] * 2, "b", "c"), seats=2)
    assert result.stages[0].elected == ("a",)
    assert all(stage.tallies["a"] == 2 for stage in result.stages)
    assert result.winners == ("a", "b")


def test_when_as_many_are_left_as_seats_they_are_elected_even_without_the_quota():
    result = count_stv(ranked("b", "b", "b", "b", "a"), seats=4)
    assert result.winners == ("b", "a", "c", "d")
    assert len(result.stages) == 1
    assert count_stv(ranked("a", options=("a",)), seats=3).winners == ("a",)


def test_nobody_is_elected_where_nobody_ranked_anything():
    result = count_stv(ranked("", ""), seats=2)
    assert (result.winners, result.stages, result.details["valid"], result.voters) == ((), (), 0, 2)
    assert count_stv(ranked(options=()), seats=1).winners == ()


def test_ballots_that_rank_nothing_do_not_raise_the_quota():
    assert count_stv(ranked("a", "b", "b", "", "", ""), seats=1).details == {
        "quota": 2,
        "seats": 1,
        "valid": 3,
    }


# -- Ties --------------------------------------------------------------------------------------------------------------


def test_equal_surpluses_move_in_the_stated_order_where_they_never_differed():
    profile = ranked(*["ac"] * 4, *["bd"] * 4, "c", "d", options=ABCD)
    result = count_stv(profile, seats=3)
    assert [(tie.options, tie.score, tie.decisive) for tie in result.ties][:1] == [
        (("a", "b"), Fraction(4), True)
    ]
    assert result.stages[1].source == "a"
    assert count_stv(profile, seats=3, order=("b", "a", "c", "d")).stages[1].source == "b"


def test_of_equal_surpluses_the_one_moves_first_that_was_larger_before():
    """Quota 4. The surplus of ``a`` lifts ``b`` from 3 and ``c`` from 2 to 4.5: the one of ``b`` moves first, although
    the stated order would have ``c``.
    """
    cast = [*["abd"] * 3, *["ace"] * 5, *["bd"] * 3, *["c"] * 2, *["d"] * 3, *["e"] * 3]
    result = count_stv(ranked(*cast, options=ABCDE), seats=4, order=("c", "b", "a", "d", "e"))
    assert result.stages[1].tallies == votes(a=4, b="4.5", c="4.5", d=3, e=3)
    assert result.stages[1].elected == ("c", "b")
    assert [stage.source for stage in result.stages[:4]] == [None, "a", "b", "c"]
    assert result.stages[3].tallies == votes(a=4, b=4, c=4, d="3.49998", e="3.27775")
    assert result.winners == ("a", "c", "b", "d")
    assert not result.ties


def test_of_two_with_the_fewest_votes_the_one_leaves_that_had_fewer_before():
    """``d`` leaves and makes ``b`` and ``c`` equal; ``c`` had fewer before."""
    result = count_stv(ranked(*["ab"] * 4, *["bc"] * 3, *["cb"] * 2, "dc"), seats=1)
    assert [stage.excluded for stage in result.stages[:2]] == [("d",), ("c",)]
    assert not result.ties


def test_who_never_differed_is_told_apart_by_the_stated_order():
    profile = ranked("a", "a", "a", "b", "b", "c", "c", options=("a", "b", "c"))
    result = count_stv(profile, seats=2)
    assert result.winners == ("a", "b")
    assert [(tie.options, tie.score, tie.decisive) for tie in result.ties] == [
        (("b", "c"), Fraction(2), True)
    ]
    other = count_stv(profile, seats=2, order=("c", "b", "a"), tie_break="lot")
    assert (other.winners, other.tie_break) == (("a", "c"), "lot")
    assert other.ties[0].options == ("c", "b")


def test_options_without_a_vote_may_leave_in_any_order_unless_one_of_them_gets_a_seat():
    result = count_stv(ranked("a", "a", "b", "b", "b"), seats=1)
    assert result.winners == ("b",)
    harmless = count_stv(ranked("a", "b", "b", "a", "ab", "ba", options=ABCDE), seats=2)
    assert not harmless.ties
    nobodys = count_stv(ranked("a", "a", "b", "b", "b", "a"), seats=1)
    assert [(tie.options, tie.score, tie.decisive) for tie in nobodys.ties] == [
        (("c", "d"), Fraction(0), False),
        (("a", "b"), Fraction(3), True),
    ]
    behind = count_stv(ranked("a", "a", "a", "a", "b"), seats=2)
    assert behind.winners == ("a", "b")
    assert [(tie.options, tie.decisive) for tie in behind.ties] == [(("c", "d"), False)]
    seated = count_stv(ranked("a", options=("a", "b", "c")), seats=2)
    assert seated.winners == ("a", "b")
    assert [(tie.options, tie.decisive) for tie in seated.ties] == [(("b", "c"), True)]


# -- What is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seats", [0, -1])
def test_a_count_without_seats_is_refused(seats):
    with pytest.raises(InvalidCount, match="negative_seats"):
        count_stv(ranked("a"), seats=seats)


def test_a_count_without_an_order_is_refused():
    with pytest.raises(InvalidCount, match="kind_not_counted"):
        count_stv(Profile.of(BallotKind.APPROVAL, ABCD, ["a"]), seats=1)
    with pytest.raises(InvalidCount, match="order_incomplete"):
        count_stv(ranked("a"), seats=1, order=("a",))


def test_more_ballots_than_sums_can_hold_exactly_are_refused(monkeypatch):
    assert MOST_VOTERS * UNIT * UNIT < 2**63
    monkeypatch.setattr("stakeholder_hub.decisions.methods.stv.MOST_VOTERS", 1)
    with pytest.raises(InvalidCount) as refusal:
        count_stv(ranked("a", "b"), seats=1)
    assert (refusal.value.code, refusal.value.data) == ("too_many_voters", {"voters": 2})
    assert count_stv(ranked("a"), seats=1).winners == ("a",)


# -- Against a naive count ---------------------------------------------------------------------------------------------


def cut(figure):
    return Fraction(int(figure * 100_000), 100_000)


class Naive:
    """Rules 45 to 52 as they read, ballot by ballot, with fractions."""

    def __init__(self, ballots, seats, order):
        self.papers = [[ballot, Fraction(1)] for ballot in ballots if ballot]
        self.quota = len(self.papers) // (seats + 1) + 1
        self.seats, self.order = seats, list(order)
        self.elected, self.waiting, self.kept, self.stages = [], [], {}, []
        self.left = set(order) if self.papers else set()
        self.holder = [self.next_of(paper, -1) for paper in self.papers]

    def next_of(self, paper, place):
        return next((at for at in range(place + 1, len(paper[0])) if paper[0][at] in self.left), None)

    def totals(self):
        found = dict.fromkeys(self.order, Fraction(0))
        for (ballot, value), at in zip(self.papers, self.holder, strict=True):
            if at is not None:
                found[ballot[at]] += value
        return found | self.kept

    def move(self, option, share):
        for number, paper in enumerate(self.papers):
            at = self.holder[number]
            if at is not None and paper[0][at] == option:
                paper[1] = share(paper[1])
                self.holder[number] = self.next_of(paper, at)

    def choose(self, options, totals, best):
        for stage in reversed([*self.stages, totals]):
            edge = best(stage[option] for option in options)
            options = [option for option in options if stage[option] == edge]
        return min(options, key=self.order.index) if best is max else max(options, key=self.order.index)

    def run(self):
        while True:
            totals = self.totals()
            in_order = sorted(self.left, key=lambda option: (-totals[option], self.order.index(option)))
            for option in in_order:
                if totals[option] >= self.quota:
                    self.left.remove(option)
                    self.elected.append(option)
                    (self.waiting.append if totals[option] > self.quota else self.keep)(option)
            if len(self.left) <= self.seats - len(self.elected):
                self.elected += [option for option in in_order if option in self.left]
                self.left.clear()
            if len(self.elected) == self.seats or not self.left:
                return self.elected
            if self.waiting:
                option = self.choose(self.waiting, totals, max)
                surplus, whole = totals[option] - self.quota, totals[option]
                self.move(option, lambda value, surplus=surplus, whole=whole: cut(value * surplus / whole))
                self.waiting.remove(option)
                self.keep(option)
            else:
                option = self.choose(sorted(self.left), totals, min)
                self.left.remove(option)
                self.move(option, lambda value: value)
            self.stages.append(totals)

    def keep(self, option):
        self.kept[option] = Fraction(self.quota)


@given(BALLOTS, st.integers(1, 5), st.permutations(ABCDE))
@settings(max_examples=300, deadline=None)
def test_the_count_equals_a_naive_one(ballots, seats, order):
    result = count_stv(ranked(*ballots, options=ABCDE), seats=seats, order=order)
    naive = Naive(ballots, seats, order)
    assert list(result.winners) == naive.run()
    for stage, totals in zip(result.stages, naive.stages, strict=False):
        assert stage.tallies == {option: totals[option] for option in stage.tallies}


@given(BALLOTS, st.integers(1, 6))
@settings(max_examples=200, deadline=None)
def test_as_many_are_elected_as_there_are_seats_or_options_and_no_vote_is_lost(ballots, seats):
    result = count_stv(ranked(*ballots, options=ABCDE), seats=seats)
    valid = sum(bool(ballot) for ballot in ballots)
    assert len(result.winners) == (min(seats, len(ABCDE)) if valid else 0)
    assert [option for stage in result.stages for option in stage.elected] == list(result.winners)
    for stage in result.stages:
        assert sum(stage.tallies.values()) + stage.exhausted == valid
        assert stage.exhausted >= 0


@given(BALLOTS)
@settings(max_examples=100, deadline=None)
def test_for_one_seat_the_winner_is_that_of_instant_runoff(ballots):
    profile = ranked(*ballots, options=ABCDE)
    assert count_stv(profile, seats=1).winners == count_runoff(profile).winners


@given(BALLOTS, st.integers(1, 4), st.permutations(ABCDE))
@settings(max_examples=300, deadline=None)
def test_without_a_decisive_tie_every_order_elects_the_same(ballots, seats, order):
    result = count_stv(ranked(*ballots, options=ABCDE), seats=seats)
    if not result.decisive_ties:
        other = count_stv(ranked(*ballots, options=ABCDE), seats=seats, order=order)
        assert set(other.winners) == set(result.winners)
