"""Connects this feature to the application."""

from flask import Flask

from stakeholder_hub.kernel.settings import Settings
from stakeholder_hub.kernel.storage import LocalStorage
from stakeholder_hub.records import views
from stakeholder_hub.records.addresses import record_url
from stakeholder_hub.records.attachments import EXTENSION, attachment_url, is_picture
from stakeholder_hub.records.parts import record_parts
from stakeholder_hub.records.trail import journey_steps, state_of, title_of


def init_app(app: Flask) -> None:
    """Give templates the address of any record and file, and files a place."""
    settings: Settings = app.config["HUB_SETTINGS"]
    app.extensions[EXTENSION] = LocalStorage(settings.instance / "files")
    app.register_blueprint(views.bp)
    app.register_blueprint(views.api)
    app.jinja_env.globals.update(
        record_url=record_url,
        attachment_url=attachment_url,
        journey_steps=journey_steps,
        record_parts=record_parts,
        title_of=title_of,
        state_of=state_of,
    )
    app.jinja_env.tests["picture"] = is_picture
