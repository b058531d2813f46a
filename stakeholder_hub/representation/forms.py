"""What is filled in about targets and about oneself."""

from typing import Any

from wtforms.fields.choices import SelectChoice

from stakeholder_hub.kernel.i18n import _l, _lp
from stakeholder_hub.kernel.sectors import Sector
from stakeholder_hub.representation.models import AgeBand, Gender, SelfDescription
from stakeholder_hub.webkit.fields import ChoiceField, WholeField
from stakeholder_hub.webkit.forms import HubForm

UNSAID = SelectChoice("", _l("I would rather not say"))


class TargetsForm(HubForm):
    """The shares that a consultation means to reach."""

    target_academia = WholeField(Sector.ACADEMIA.label)
    target_administration = WholeField(Sector.ADMINISTRATION.label)
    target_business = WholeField(Sector.BUSINESS.label)
    target_civil_society = WholeField(Sector.CIVIL_SOCIETY.label)
    target_citizen = WholeField(_l("Citizens who speak for themselves"))

    @classmethod
    def of(cls, targets: dict[Sector, int]) -> "TargetsForm":
        """The form with what was agreed so far."""
        return cls.from_request(**{f"target_{sector}": share for sector, share in targets.items()})

    @property
    def fields(self) -> list[Any]:
        """The field of each sector."""
        return [self[f"target_{sector}"] for sector in Sector]

    @property
    def targets(self) -> dict[Sector, int]:
        """What was filled in."""
        return {sector: self[f"target_{sector}"].data or 0 for sector in Sector}


class AboutMeForm(HubForm):
    """What somebody tells about themselves of their own accord."""

    age_band = ChoiceField(
        _l("My age"), choices=[UNSAID, *[SelectChoice(band.value, band.label) for band in AgeBand]]
    )
    gender = ChoiceField(
        _l("My gender"), choices=[UNSAID, *[SelectChoice(one.value, one.label) for one in Gender]]
    )
    newcomer = ChoiceField(
        _l("I moved to where I live within the last five years"),
        choices=[
            UNSAID,
            SelectChoice("yes", _lp("newcomer", "Yes")),
            SelectChoice("no", _lp("newcomer", "No")),
        ],
    )

    @classmethod
    def of(cls, told: SelfDescription | None) -> "AboutMeForm":
        """The form with what was told so far."""
        newcomer = (
            {True: "yes", False: "no"}.get(told.newcomer, "") if told and told.newcomer is not None else ""
        )
        return cls.from_request(
            age_band=told.age_band if told else "", gender=told.gender if told else "", newcomer=newcomer
        )

    @property
    def values(self) -> dict[str, Any]:
        """The operation's arguments."""
        return {
            "age_band": AgeBand(self.age_band.data) if self.age_band.data else None,
            "gender": Gender(self.gender.data) if self.gender.data else None,
            "newcomer": {"yes": True, "no": False}.get(self.newcomer.data or ""),
        }
