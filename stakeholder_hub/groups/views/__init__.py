"""The pages of groups and organisations."""

from stakeholder_hub.groups.views import groups, joining, members, organisations
from stakeholder_hub.groups.views.blueprint import bp

__all__ = ["bp", "groups", "joining", "members", "organisations"]
