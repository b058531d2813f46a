"""Forms of moderation: each is a reason."""

from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.moderation.operations import LONGEST_REASON
from stakeholder_hub.webkit.forms import HubForm

_TOO_LONG = _l("This is too long: at most %(max)d characters are possible.")


class ReportForm(HubForm):
    """Why a reader thinks that something breaks the rules."""

    reason = TextAreaField(
        _l("What is wrong with it?"),
        description=_l("Moderators read this. The person who wrote it does not learn who you are."),
        validators=[
            InputRequired(_l("Say what is wrong with it.")),
            Length(max=LONGEST_REASON, message=_TOO_LONG),
        ],
        render_kw={"rows": 3},
    )


class HideForm(HubForm):
    """Why a moderator hides something."""

    reason = TextAreaField(
        _l("Why do you hide it?"),
        description=_l("Everybody can read this reason in the place of the text."),
        validators=[
            InputRequired(_l("Say why you hide this. Everybody can read the reason.")),
            Length(max=LONGEST_REASON, message=_TOO_LONG),
        ],
        render_kw={"rows": 3},
    )


class ReviewForm(HubForm):
    """Why an author thinks that something should be shown."""

    reason = TextAreaField(
        _l("Why should it be shown?"),
        description=_l("Another moderator reads this, where there is one. You can ask once."),
        validators=[
            InputRequired(_l("Say why you think that this should be shown.")),
            Length(max=LONGEST_REASON, message=_TOO_LONG),
        ],
        render_kw={"rows": 3},
    )
