"""Connects this feature to the application."""

from flask import Flask
from flask_security import Security, SQLAlchemyUserDatastore

from stakeholder_hub.accounts.models import SecurityRole, User
from stakeholder_hub.kernel.database import db

datastore = SQLAlchemyUserDatastore(db, User, SecurityRole)


def init_app(app: Flask) -> None:
    """Register pages, commands and subscribers."""
    app.config.setdefault("SECURITY_PASSWORD_SALT", app.config["SECRET_KEY"][::-1])
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",
        SECURITY_PASSWORD_SINGLE_HASH={"argon2", "plaintext"},
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS={
            "argon2__memory_cost": 19456,
            "argon2__rounds": 2,
            "argon2__parallelism": 1,
        },
        SECURITY_JOIN_USER_ROLES=False,
        SECURITY_URL_PREFIX="/<any(en,sl,de,hu,hr):lang>/account",
    )
    Security(app, datastore, register_blueprint=True)
