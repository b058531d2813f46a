"""Choosing how to vote: the methods there are, by what a vote is to find."""

from flask import render_template, request

from stakeholder_hub.consultations.models import Consultation
from stakeholder_hub.decisions.kinds import OFFERS, Family, Method


def method_asked_for(ballot_method: Method | None = None) -> Method | None:
    """The method that the address or the form names, else that of the ballot; ``None`` where there is none, or the
    address asks to choose.
    """
    named = request.values.get("method", "")
    found = next((offer.method for offer in OFFERS if offer.method.value == named), None)
    return found or (None if "choose" in request.args else ballot_method)


def choosing_page(consultation: Consultation, address: str) -> str:
    """Every way of voting, each leading to ``address`` with its name."""
    families = [(family, [offer for offer in OFFERS if offer.family is family]) for family in Family]
    return render_template(
        "decisions/choose.html", consultation=consultation, offers=families, address=address
    )
