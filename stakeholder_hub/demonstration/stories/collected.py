"""Every story, in the order in which they are loaded."""

from stakeholder_hub.demonstration.stories.downstream import CHERNIVTSI, KOSICE, NYIREGYHAZA, RUSE
from stakeholder_hub.demonstration.stories.shape import Story
from stakeholder_hub.demonstration.stories.upstream import REGENSBURG, VARAZDIN, VELENJE

STORIES: tuple[Story, ...] = (REGENSBURG, NYIREGYHAZA, VELENJE, VARAZDIN, RUSE, CHERNIVTSI, KOSICE)
"""Veszprém's own small one is told only where no real file is given."""
