"""Forms of discussions."""

from collections.abc import Sequence

from wtforms import RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from stakeholder_hub.deliberation.models import Stance
from stakeholder_hub.deliberation.operations import LONGEST_COMMENT
from stakeholder_hub.deliberation.queries import Discussion
from stakeholder_hub.groups.models import Organisation
from stakeholder_hub.kernel.i18n import NAMES, _l
from stakeholder_hub.webkit.actor import language
from stakeholder_hub.webkit.forms import EditForm, HubForm


class CommentForm(HubForm):
    """A comment or an answer. The fields are the arguments of ``add_comment``."""

    ids = "comment-"

    stance = RadioField(
        _l("Where do you stand?"),
        choices=[SelectChoice(stance.value, stance.label) for stance in Stance],
        default=Stance.NEUTRAL.value,
    )
    body = TextAreaField(
        _l("Your comment"),
        validators=[
            InputRequired(_l("Write something.")),
            Length(
                max=LONGEST_COMMENT,
                message=_l("This is too long: at most %(max)d characters are possible."),
            ),
        ],
        render_kw={"rows": 5},
    )
    language = SelectField(
        _l("Language of your text"), choices=[SelectChoice(code, name) for code, name in NAMES.items()]
    )
    speaking_for = SelectField(_l("You speak"), choices=[SelectChoice("", _l("for yourself"))], default="")

    def offer(self, organisations: Sequence[Organisation]) -> None:
        """Let the person speak for one of these as well; without any, the question is not asked."""
        if not organisations:
            del self.speaking_for
            return
        own = [SelectChoice("", _l("for yourself"))]
        self.speaking_for.choices = own + [
            SelectChoice(o.slug, _l("for %(organisation)s", organisation=o.name)) for o in organisations
        ]


class EditCommentForm(EditForm):
    """A changed comment. The fields are the arguments of ``edit_comment``."""

    stance = CommentForm.stance
    body = CommentForm.body
    language = CommentForm.language


def comment_form_for(discussion: Discussion) -> CommentForm:
    """An empty form for the page of a discussion."""
    form = CommentForm(formdata=None, language=language())
    form.offer(discussion.organisations)
    return form
