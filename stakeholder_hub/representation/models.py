"""What people tell about themselves if they like, and the shares a consultation means to reach."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from stakeholder_hub.kernel import clock
from stakeholder_hub.kernel.database import Base, enum_type
from stakeholder_hub.kernel.errors import Reason
from stakeholder_hub.kernel.i18n import _l, _lp
from stakeholder_hub.kernel.personal import personal
from stakeholder_hub.kernel.sectors import Sector


class AgeBand(StrEnum):
    """How old somebody is, no finer than it has to be."""

    UNDER_18 = "under_18"
    FROM_18 = "18_24"
    FROM_25 = "25_34"
    FROM_35 = "35_49"
    FROM_50 = "50_64"
    FROM_65 = "65_plus"

    @property
    def label(self) -> Reason:
        """The name in the reader's language."""
        return {
            AgeBand.UNDER_18: _l("Under 18"),
            AgeBand.FROM_18: _l("18 to 24"),
            AgeBand.FROM_25: _l("25 to 34"),
            AgeBand.FROM_35: _l("35 to 49"),
            AgeBand.FROM_50: _l("50 to 64"),
            AgeBand.FROM_65: _l("65 or older"),
        }[self]


class Gender(StrEnum):
    """How somebody describes their gender."""

    WOMAN = "woman"
    MAN = "man"
    OTHER = "other"

    @property
    def label(self) -> Reason:
        """The name in the reader's language."""
        return {
            Gender.WOMAN: _lp("gender", "Woman"),
            Gender.MAN: _lp("gender", "Man"),
            Gender.OTHER: _lp("gender", "Another gender"),
        }[self]


class SelfDescription(Base):
    """What one person tells about themselves of their own accord: each answer may be left out or taken back.

    ``newcomer``: whether they moved to where they live within the last five years. It is only ever counted, together
    with that of at least nine others; nobody else reads the row.
    """

    __tablename__ = "self_description"
    __table_args__ = (
        CheckConstraint(
            "age_band IS NOT NULL OR gender IS NOT NULL OR newcomer IS NOT NULL", name="tells_something"
        ),
    )

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, info=personal("whose answers these are")
    )
    age_band: Mapped[AgeBand | None] = mapped_column(
        enum_type(AgeBand, "age_band"), info=personal("seeing which ages take part")
    )
    gender: Mapped[Gender | None] = mapped_column(
        enum_type(Gender, "gender"), info=personal("seeing which genders take part")
    )
    newcomer: Mapped[bool | None] = mapped_column(info=personal("seeing whether newcomers take part"))
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)


class RepresentationTarget(Base):
    """The share of participants, in percent, that a consultation means a sector, or citizens, to have."""

    __tablename__ = "representation_target"
    __table_args__ = (CheckConstraint("share > 0 AND share <= 100", name="share"),)

    consultation_id: Mapped[int] = mapped_column(
        ForeignKey("consultation.id", ondelete="CASCADE"), primary_key=True
    )
    sector: Mapped[Sector] = mapped_column(enum_type(Sector, "sector"), primary_key=True)
    share: Mapped[int]
