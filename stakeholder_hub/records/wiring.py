"""Connects this feature to the application."""

from flask import Flask

from stakeholder_hub.records.addresses import record_url


def init_app(app: Flask) -> None:
    """Give templates the address of any record."""
    app.jinja_env.globals["record_url"] = record_url
