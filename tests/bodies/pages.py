"""Signing in without a password, for tests of pages."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient


def browser_of(web: Flask, key: str | None) -> FlaskClient:
    """A browser in which a person (by the key of their sessions) has signed in; nobody without one."""
    client = web.test_client()
    if key is not None:
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = key, True
    return client


def body_form(**changes: Any) -> dict[str, Any]:
    """What is sent to enter or change a body."""
    return {
        "kind": "general_purpose",
        "remit": "Everything",
        "language": "en",
        "acknowledge_days": "10",
        "answer_days": "40",
        "escalate_days": "20",
        "sunset_on": "",
        **changes,
    }
