"""Who may vote, as a list of addresses."""

from wtforms import TextAreaField

from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.webkit.fields import Needed
from stakeholder_hub.webkit.forms import HubForm


class RollForm(HubForm):
    """The addresses of those who may vote."""

    addresses = TextAreaField(
        _l("Addresses"),
        [Needed(_l("Paste the addresses, one on each line."))],
        description=_l(
            "One on each line. They are stored as hashes only, and replace the list that is there."
        ),
        render_kw={"rows": 12, "autocomplete": "off", "spellcheck": "false"},
    )
