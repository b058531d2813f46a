"""The ways to vote and to count: their names, what a ballot of each holds, and what each is good for."""

from dataclasses import dataclass
from enum import StrEnum

from stakeholder_hub.decisions.methods.ballots import BallotKind
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l


class Method(StrEnum):
    """How votes are cast and counted."""

    YES_NO = "yes_no"
    CONSENT = "consent"
    GRADIENTS = "gradients"
    MULTIPLE_CHOICE = "multiple_choice"
    PLURALITY = "plurality"
    APPROVAL = "approval"
    SCORE = "score"
    MAJORITY_JUDGMENT = "majority_judgment"
    IRV = "irv"
    SCHULZE = "schulze"
    BORDA = "borda"
    STV = "stv"
    SPAV = "spav"
    PHRAGMEN = "phragmen"
    BUDGET = "budget"
    DOTS = "dots"
    QUADRATIC = "quadratic"
    IMPORTED = "imported"

    @property
    def label(self) -> Reason:
        """The name in the reader's language."""
        return _LABELS[self]

    @property
    def asks_one_question(self) -> bool:
        """Whether people answer a question on fixed answers, instead of choosing among options."""
        return self in (Method.YES_NO, Method.CONSENT, Method.GRADIENTS)


_LABELS = {
    Method.YES_NO: _l("Yes or no"),
    Method.CONSENT: _l("Consent: nobody has a reasoned objection"),
    Method.GRADIENTS: _l("Gradients of agreement"),
    Method.MULTIPLE_CHOICE: _l("Multiple choice"),
    Method.PLURALITY: _l("One choice: the most votes win"),
    Method.APPROVAL: _l("Approval: tick everything you agree with"),
    Method.SCORE: _l("Score: give points to each"),
    Method.MAJORITY_JUDGMENT: _l("Majority judgment: give each a grade"),
    Method.IRV: _l("Instant run-off: rank, the last one leaves"),
    Method.SCHULZE: _l("Schulze: rank, who wins the duels"),
    Method.BORDA: _l("Borda: rank, places give points"),
    Method.STV: _l("Single transferable vote: rank, several win"),
    Method.SPAV: _l("Proportional approval: tick, several win in proportion"),
    Method.PHRAGMEN: _l("Phragmén: tick, several win with equal loads"),
    Method.BUDGET: _l("Budget: choose what the money should be spent on"),
    Method.DOTS: _l("Dots: spread your dots"),
    Method.QUADRATIC: _l("Quadratic: spend credits, strong wishes cost more"),
    Method.IMPORTED: _l("Held elsewhere and brought in with its votes"),
}


class Family(StrEnum):
    """What a vote is to find."""

    QUESTION = "question"
    ONE = "one"
    SEVERAL = "several"
    BUDGET = "budget"

    @property
    def label(self) -> Reason:
        """The name in the reader's language."""
        return {
            Family.QUESTION: _l("One question"),
            Family.ONE: _l("One winner"),
            Family.SEVERAL: _l("Several winners"),
            Family.BUDGET: _l("A sum of money"),
        }[self]

    @property
    def wish(self) -> Reason:
        """When to look here."""
        return {
            Family.QUESTION: _l("You want to know whether people agree, or which answer they give."),
            Family.ONE: _l("You want to find the one proposal that most people can live with."),
            Family.SEVERAL: _l("You want to choose a few proposals, or people, out of many."),
            Family.BUDGET: _l("You have money to spend, and every proposal has a cost."),
        }[self]


@dataclass(frozen=True)
class Offer:
    """A method as it is offered to those who prepare a vote.

    ``says``: how it works, in two sentences; ``example``: where it fits; ``wish``: "you want ...", to which this method
    is the answer. ``kinds``: the ballots it can be voted with, the usual one first. ``points``: the usual number of
    points, dots, credits or grades, where it needs one. ``several``: whether one can ask for more than one winner.
    """

    method: Method
    family: Family
    kinds: tuple[BallotKind, ...]
    says: Reason
    example: Reason
    wish: Reason
    points: int | None = None
    most_points: int = 0
    several: bool = False


_APPROVAL, _ORDINAL, _CHOOSE_ONE = (BallotKind.APPROVAL,), (BallotKind.ORDINAL,), (BallotKind.CHOOSE_ONE,)

OFFERS: tuple[Offer, ...] = (
    Offer(
        Method.YES_NO,
        Family.QUESTION,
        _CHOOSE_ONE,
        _l(
            "People say yes, no, or abstain. It is adopted if more say yes than no; abstentions count for turnout only."
        ),
        _l("“Shall the town take over this model from a partner town?”"),
        _l("You want a clear answer to one question."),
    ),
    Offer(
        Method.CONSENT,
        Family.QUESTION,
        _CHOOSE_ONE,
        _l(
            "People consent, consent with reservations, or object and say why. It is adopted if no objection stands "
            "at the end; everybody sees the objections, so that they can be resolved."
        ),
        _l("“We meet every second Tuesday, in turn at each organisation.”"),
        _l("You want to go on together, with everybody able to live with it."),
    ),
    Offer(
        Method.GRADIENTS,
        Family.QUESTION,
        _CHOOSE_ONE,
        _l(
            "People say how far they agree, on eight steps from full support to refusal. It is adopted if the middle "
            "answer supports it."
        ),
        _l("“How far do you stand behind this draft of our plan?”"),
        _l("You want to see how strong the agreement is before you go on."),
    ),
    Offer(
        Method.MULTIPLE_CHOICE,
        Family.QUESTION,
        _APPROVAL,
        _l("People tick one or more answers that you write. The answer with the most votes wins."),
        _l("“Which evenings suit you for our meetings?”"),
        _l("You want to ask something quick with answers of your own."),
        several=True,
    ),
    Offer(
        Method.PLURALITY,
        Family.ONE,
        _CHOOSE_ONE,
        _l("Everyone chooses one. The one with the most votes wins, even with less than half of them."),
        _l("Two designs for a bus stop."),
        _l("You want the simplest vote there is, between two."),
    ),
    Offer(
        Method.APPROVAL,
        Family.ONE,
        _APPROVAL,
        _l("People tick every proposal they agree with. Those with the most votes win."),
        _l("The name of the new youth centre, out of twelve ideas."),
        _l("You want something that is easy for everyone and offends nobody."),
        several=True,
    ),
    Offer(
        Method.SCORE,
        Family.ONE,
        (BallotKind.SCORING,),
        _l("People give each proposal points. The points are added up, and the highest sum wins."),
        _l("Five sites for a co-working space, each with something for it."),
        _l("You want people to say how much they like each one."),
        points=5,
        most_points=10,
        several=True,
    ),
    Offer(
        Method.MAJORITY_JUDGMENT,
        Family.ONE,
        (BallotKind.SCORING,),
        _l("People give each proposal a grade in words. The one with the best middle grade wins."),
        _l("Which of four housing models do we try first?"),
        _l("You want grades that everyone understands and extreme voices cannot tilt."),
        points=5,
        most_points=5,
    ),
    Offer(
        Method.IRV,
        Family.ONE,
        _ORDINAL,
        _l(
            "People rank the proposals. The last one leaves and its votes go to the next choice on each ballot, until "
            "one has more than half."
        ),
        _l("Electing the chair of the working group."),
        _l("You want a winner with a majority behind it, and no second round."),
    ),
    Offer(
        Method.SCHULZE,
        Family.ONE,
        _ORDINAL,
        _l(
            "People rank the proposals. Each is held against each other, and the one that wins its duels is chosen."
        ),
        _l("Four routes for a cycle path, of which two are much alike."),
        _l("You want the one that beats every other, however alike some of them are."),
    ),
    Offer(
        Method.BORDA,
        Family.ONE,
        _ORDINAL,
        _l("People rank the proposals. Every place gives points, and the highest sum wins."),
        _l("A jury ranks the finalists of a competition."),
        _l("You want a compromise that stands high on most lists."),
        several=True,
    ),
    Offer(
        Method.STV,
        Family.SEVERAL,
        _ORDINAL,
        _l(
            "People rank the proposals. Who has enough votes is elected, and what is more than enough goes to the next "
            "choice on each ballot."
        ),
        _l("Electing five members of a steering committee."),
        _l("You want to elect people so that every larger group has somebody."),
        several=True,
    ),
    Offer(
        Method.SPAV,
        Family.SEVERAL,
        _APPROVAL,
        _l(
            "People tick what they agree with. A ballot counts less, the more of its choices have already won."
        ),
        _l("Ten events for the summer programme, with something for every age."),
        _l("You want several winners so that a majority does not take them all."),
        several=True,
    ),
    Offer(
        Method.PHRAGMEN,
        Family.SEVERAL,
        _APPROVAL,
        _l(
            "People tick what they agree with. Each winner is carried by those who ticked it, as evenly as possible."
        ),
        _l("Six pilot projects that the whole region supports together."),
        _l("You want several winners in proportion, by a rule that is over a hundred years old."),
        several=True,
    ),
    Offer(
        Method.DOTS,
        Family.SEVERAL,
        (BallotKind.CUMULATIVE,),
        _l("Everyone has the same number of dots and spreads them. The most dots win."),
        _l("The three topics for the next workshop."),
        _l("You want to find priorities in a meeting."),
        points=10,
        most_points=100,
        several=True,
    ),
    Offer(
        Method.QUADRATIC,
        Family.SEVERAL,
        (BallotKind.CUMULATIVE,),
        _l(
            "Everyone has the same number of credits: one vote for a proposal costs one, two cost four, three cost "
            "nine. The most votes win."
        ),
        _l("A list of twenty wishes, some dear to a few, others nice for many."),
        _l("You want to hear what people care about most, without the loudest taking all."),
        points=100,
        most_points=1000,
        several=True,
    ),
    Offer(
        Method.BUDGET,
        Family.BUDGET,
        (BallotKind.APPROVAL, BallotKind.CUMULATIVE, BallotKind.SCORING, BallotKind.ORDINAL),
        _l(
            "People choose what the money should be spent on. You decide whether the most votes go first, or whether "
            "every voter commands an equal part of the money."
        ),
        _l("The town's participatory budget."),
        _l("You want to spend a sum on proposals that have a cost."),
        points=10,
        most_points=100,
    ),
)

_BY_METHOD = {offer.method: offer for offer in OFFERS}


def offer_of(method: Method) -> Offer:
    """How ``method`` is offered. Raises :class:`KeyError` for votes that were held elsewhere."""
    return _BY_METHOD[method]


class BudgetRule(StrEnum):
    """How a budget is spent; the names are those of Pabulib's ``rule`` where it has one."""

    GREEDY = "greedy"
    GREEDY_NO_SKIP = "greedy-no-skip"
    EQUAL_SHARES = "equalshares/add1u"
    EQUAL_SHARES_ADD1 = "equalshares/add1"
    EQUAL_SHARES_CARDINALITY = "equalshares-cardinality/add1u"
    PHRAGMEN = "phragmen"

    @property
    def label(self) -> Reason:
        """What it does, in the reader's language."""
        return {
            BudgetRule.GREEDY: _l("The most votes first; what does not fit is passed over"),
            BudgetRule.GREEDY_NO_SKIP: _l("The most votes first; the count ends at what does not fit"),
            BudgetRule.EQUAL_SHARES: _l("Equal shares, and what is left goes to the most votes"),
            BudgetRule.EQUAL_SHARES_ADD1: _l("Equal shares only"),
            BudgetRule.EQUAL_SHARES_CARDINALITY: _l(
                "Equal shares by number of projects, and the rest to the most votes"
            ),
            BudgetRule.PHRAGMEN: _l("Phragmén: the cost is spread over the supporters as evenly as possible"),
        }[self]

    def takes(self, kind: BallotKind) -> bool:
        """Whether the rule can count ballots of this kind."""
        if self is BudgetRule.PHRAGMEN:
            return kind is BallotKind.APPROVAL
        return self in (BudgetRule.GREEDY, BudgetRule.GREEDY_NO_SKIP) or kind is not BallotKind.ORDINAL


KIND_LABELS = {
    BallotKind.APPROVAL: _l("Ticks: everything they agree with"),
    BallotKind.CHOOSE_ONE: _l("One choice"),
    BallotKind.ORDINAL: _l("A ranking"),
    BallotKind.CUMULATIVE: _l("Points to spread"),
    BallotKind.SCORING: _l("Points for each"),
}
"""How people fill in a ballot."""

ANSWERS: dict[Method, tuple[Reason, ...]] = {
    Method.YES_NO: (_l("Yes"), _l("No"), _l("Abstain")),
    Method.CONSENT: (_l("I consent"), _l("I consent, with reservations"), _l("I object, for a reason")),
    Method.GRADIENTS: (
        _l("I support it wholeheartedly"),
        _l("I support it with minor concerns"),
        _l("I can live with it, with reservations"),
        _l("I have no opinion"),
        _l("I stand aside"),
        _l("I disagree, but will go along with the majority"),
        _l("I disagree and will not take part"),
        _l("I block it"),
    ),
}
"""The fixed answers of methods that ask one question, in the order of :mod:`~.methods.questions`."""

GRADES: tuple[Reason, ...] = (
    _l("To reject"),
    _l("Poor"),
    _l("Acceptable"),
    _l("Good"),
    _l("Very good"),
    _l("Excellent"),
)
"""The six grades of majority judgment, the lowest first (Balinski and Laraki 2011)."""
