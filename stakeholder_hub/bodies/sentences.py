"""What people are told about bodies."""

from stakeholder_hub.kernel.i18n import _l
from stakeholder_hub.notifications.sentences import register_sentence

ENDING = "bodies.ending"

register_sentence(
    ENDING,
    _l(
        "%(body)s ends on %(day)s: after that it can neither be asked nor answer. Change the day if it is to go on, "
        "and answer what is open."
    ),
    icon="clock",
)
