"""The one blueprint under which all pages of this feature stand, and the way to each of them."""

from flask import Blueprint, url_for

from stakeholder_hub.kernel.i18n import _
from stakeholder_hub.records.addresses import record_url
from stakeholder_hub.records.models import Record
from stakeholder_hub.territories.crumbs import Crumb, crumbs_for
from stakeholder_hub.webkit.addresses import feature_blueprint

bp: Blueprint = feature_blueprint("referrals", "stakeholder_hub.referrals")


def crumbs(record: Record, *last: str) -> list[Crumb]:
    """From the place down to the record and what is done with it."""
    here: list[Crumb] = [(record.reference, record_url(record) if last else None)]
    return crumbs_for(
        record.territory,
        (_("Referrals"), url_for("referrals.index")),
        *here,
        *[(name, None) for name in last],
    )
