"""Residences: asked for, confirmed, refused, given up, taken back."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from stakeholder_hub.accounts.models import User
from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import ALWAYS_THERE, Base, enum_type
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.kernel.personal import personal
from stakeholder_hub.territories.models import Territory


class ResidenceState(StrEnum):
    """Where it stands. ``replaced``: the person has since been confirmed anew, here or in another town."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"
    REPLACED = "replaced"

    @property
    def label(self) -> Reason:
        """The name in the reader's language."""
        return {
            ResidenceState.ASKED: _l("Waits for the town"),
            ResidenceState.CONFIRMED: _l("Verified"),
            ResidenceState.REFUSED: _l("Could not be verified"),
            ResidenceState.WITHDRAWN: _l("Given up"),
            ResidenceState.REVOKED: _l("Taken back"),
            ResidenceState.REPLACED: _l("Replaced"),
        }[self]


class Evidence(StrEnum):
    """How an officer made sure. Never the number of anything."""

    DESK = "desk"
    DOCUMENT = "document"
    LETTER = "letter"
    REGISTER = "register"

    @property
    def label(self) -> Reason:
        """The name in the reader's language."""
        return {
            Evidence.DESK: _l("In person, by somebody who knows them"),
            Evidence.DOCUMENT: _l("A document with the address was seen"),
            Evidence.LETTER: _l("A code sent to the address by letter was brought back"),
            Evidence.REGISTER: _l("Looked up in the register of residents"),
        }[self]


class Residence(Base):
    """That somebody lives in a town. A person has at most one open request and one confirmed residence.

    It holds up to and including ``valid_until``, for ever where that is empty.
    """

    __tablename__ = "residence"
    __table_args__ = (
        CheckConstraint("state <> 'confirmed' OR evidence IS NOT NULL", name="confirmed_has_evidence"),
        CheckConstraint("state NOT IN ('refused', 'revoked') OR reason <> ''", name="refused_has_reason"),
        Index(
            "ix_residence_one_confirmed",
            "user_id",
            unique=True,
            sqlite_where=text("state = 'confirmed'"),
            postgresql_where=text("state = 'confirmed'"),
        ),
        Index(
            "ix_residence_one_asked",
            "user_id",
            unique=True,
            sqlite_where=text("state = 'asked'"),
            postgresql_where=text("state = 'asked'"),
        ),
        Index("ix_residence_place", "territory_id", "state"),
        Index("ix_residence_ended", "ended_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True, info=personal("who may vote as a resident")
    )
    territory_id: Mapped[int] = mapped_column(
        ForeignKey("territory.id", ondelete="CASCADE"), info=personal("where the person lives")
    )
    state: Mapped[ResidenceState] = mapped_column(
        enum_type(ResidenceState, "residence_state"), default=ResidenceState.ASKED
    )
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    evidence: Mapped[Evidence | None] = mapped_column(
        enum_type(Evidence, "evidence"), info=personal("how the residence was verified")
    )
    reason: Mapped[str] = mapped_column(
        Text, default="", info=personal("why it was refused or taken back", "quarter")
    )
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id", ondelete="SET NULL"), index=True, info=personal("who verified it", "record")
    )
    valid_until: Mapped[date | None] = mapped_column(info=personal("how long the verification holds"))
    reminded_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    territory: Mapped[Territory] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)

    def holds_on(self, day: date) -> bool:
        """Whether the person counts as a verified resident on ``day``."""
        return self.state is ResidenceState.CONFIRMED and (
            self.valid_until is None or day <= self.valid_until
        )
