"""``stakeholder-hub user``: accounts and roles from the command line."""

import click
import sqlalchemy as sa

from stakeholder_hub.accounts.operations import register_person, set_password
from stakeholder_hub.accounts.queries import user_by_email
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.i18n import DEFAULT, INTERFACE
from stakeholder_hub.territories.models import Role, Territory
from stakeholder_hub.territories.operations import grant_role
from stakeholder_hub.territories.queries import by_slug


@click.group("user")
def user() -> None:
    """Make accounts, give roles."""


@user.command("create")
@click.argument("email")
@click.option("--name", prompt=True, help="The name that others see.")
@click.option("--language", type=click.Choice(INTERFACE), default=DEFAULT, show_default=True)
@click.password_option(help="At least ten characters.")
def create(email: str, name: str, language: str, password: str) -> None:
    """Make a confirmed account."""
    person = register_person(
        email=email, name=name, language=language, password=password, confirmed=True, actor=SYSTEM
    )
    click.echo(f"Made: {person.name} <{person.email}>")


@user.command("password")
@click.argument("email")
@click.password_option(help="At least ten characters.")
def password(email: str, password: str) -> None:
    """Give an account a new password; it is signed out everywhere."""
    person = user_by_email(email)
    if person is None:
        raise click.ClickException(f"There is no account with the address {email}.")
    set_password(person, password=password, actor=SYSTEM)
    click.echo("The password is changed.")


@user.command("grant")
@click.argument("email")
@click.argument("role", type=click.Choice([role.value for role in Role]))
@click.argument("territory", required=False)
def grant(email: str, role: str, territory: str | None) -> None:
    """Give a role in a territory (its slug; default: the root of the tree)."""
    person = user_by_email(email)
    if person is None:
        raise click.ClickException(f"There is no account with the address {email}.")
    place = (
        by_slug(territory)
        if territory
        else db.session.scalar(sa.select(Territory).where(Territory.parent_id.is_(None)))
    )
    if place is None:
        raise click.ClickException("There is no territory yet: finish the set-up first.")
    grant_role(person, role=Role(role), territory=place, actor=SYSTEM)
    click.echo(f"{person.name} is now {role} of {place.name.original.text}.")


commands: list[click.Command] = [user]
