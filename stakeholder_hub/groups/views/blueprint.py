"""The one blueprint under which all pages of this feature stand."""

from flask import Blueprint

from stakeholder_hub.webkit.addresses import feature_blueprint

bp: Blueprint = feature_blueprint("groups", "stakeholder_hub.groups")
