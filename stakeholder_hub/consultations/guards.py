"""What may object to a change of a consultation's timeline: features above register here.

A ballot that runs must not lose its end because somebody moves a phase. The consultation does not know ballots; it
asks everyone who has registered, inside the operation, before anything is changed. An objection is raised as
``Invalid`` (with ``field="phases"``) or ``Conflict`` with a reason for the coordinator.
"""

from collections.abc import Callable, Sequence

from stakeholder_hub.consultations.drafts import PhaseDraft
from stakeholder_hub.consultations.models import Consultation

PhaseGuard = Callable[[Consultation, Sequence[PhaseDraft]], None]
ClosingGuard = Callable[[Consultation], None]

phase_guards: list[PhaseGuard] = []
closing_guards: list[ClosingGuard] = []


def add_phase_guard(guard: PhaseGuard) -> PhaseGuard:
    """Ask ``guard(consultation, new_phases)`` before the phases of a published consultation change.

    ``PhaseDraft.id`` tells which present phase a draft stands for; a phase that no draft names is to be removed.
    """
    if guard not in phase_guards:
        phase_guards.append(guard)
    return guard


def add_closing_guard(guard: ClosingGuard) -> ClosingGuard:
    """Ask ``guard(consultation)`` before a consultation is closed."""
    if guard not in closing_guards:
        closing_guards.append(guard)
    return guard


def check_phases_may_change(consultation: Consultation, drafts: Sequence[PhaseDraft]) -> None:
    """Let everyone object to a new timeline."""
    for guard in phase_guards:
        guard(consultation, drafts)


def check_may_close(consultation: Consultation) -> None:
    """Let everyone object to closing."""
    for guard in closing_guards:
        guard(consultation)
