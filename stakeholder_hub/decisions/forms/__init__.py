"""What coordinators and voters fill in."""

from stakeholder_hub.decisions.forms.deciding import ObjectionForm, ReasonsForm
from stakeholder_hub.decisions.forms.preparing import BallotForm, EditBallotForm
from stakeholder_hub.decisions.forms.roll import RollForm
from stakeholder_hub.decisions.forms.voting import NumbersField, ProxyForm, VoteForm

__all__ = [
    "BallotForm",
    "EditBallotForm",
    "NumbersField",
    "ObjectionForm",
    "ProxyForm",
    "ReasonsForm",
    "RollForm",
    "VoteForm",
]
