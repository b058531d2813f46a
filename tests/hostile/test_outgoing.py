"""H44: the site follows no address. It has no webhooks, feeds or previews; only mail leaves it, to the server that the
settings name (``nothing_is_fetched`` in ``tests/test_architecture.py`` holds that for the code). These tests hold it
for what runs, libraries included.
"""

import select
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from stakeholder_hub.accounts.models import User
from stakeholder_hub.actions.models import ActionItem
from stakeholder_hub.actions.operations import create_action_item
from stakeholder_hub.kernel.authorization import SYSTEM
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.territories.models import Role
from stakeholder_hub.territories.operations import grant_role
from tests.accounts.pages import send
from tests.factories.accounts import make_user
from tests.factories.consultations import make_consultation
from tests.factories.groups import make_group
from tests.factories.territories import make_territory

Visit = Callable[..., FlaskClient]


class Inside:
    """A service that only this machine can reach. Whoever asks it waits at its door, and is seen there."""

    def __init__(self) -> None:
        self.door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.door.getsockname()[1]}"

    @property
    def is_asked(self) -> bool:
        """Whether somebody stands there, whatever they came with."""
        return bool(select.select([self.door], [], [], 0)[0])


@pytest.fixture
def inside() -> Iterator[Inside]:
    service = Inside()
    with closing(service.door):
        yield service


@pytest.fixture
def attempts(inside: Inside, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every connection and every look-up of a name that is tried from Python; none succeeds."""
    tried: list[str] = []

    def refuse(name: str) -> Callable[..., Any]:
        def attempt(*args: Any, **_options: Any) -> Any:
            tried.append(f"{name} {args[-1] if args else ''}")
            raise OSError("no connection in this test")

        return attempt

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse(name))
    for name in ("create_connection", "getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr"):
        monkeypatch.setattr(socket, name, refuse(name))
    return tried


def addresses(inside: Inside) -> str:
    """Addresses in the ways in which a text can hold them."""
    hosts = [
        inside.url,
        inside.url.replace("127.0.0.1", "localhost"),
        inside.url.replace("127.0.0.1", "2130706433"),
        inside.url.replace("127.0.0.1", "[::1]"),
        "http://169.254.169.254",
        "http://10.0.0.1",
        "https://rebinding.example.org",
    ]
    ways = (
        "{0}/a",
        "[said]({0}/b)",
        "![seen]({0}/c.png)",
        "<{0}/d>",
        '<img src="{0}/e.png">',
        "[ref]: {0}/f",
    )
    return "\n\n".join(way.format(host) for host in hosts for way in ways)


class Scene:
    """A town with a group, a consultation and an action item, and somebody who runs it all."""

    def __init__(self) -> None:
        town = make_territory()
        group = make_group(town)
        consultation = make_consultation(group, slug="open")
        person: User = make_user()
        grant_role(person, role=Role.COORDINATOR, territory=town, actor=SYSTEM)
        item: ActionItem = create_action_item(
            title="Benches", language="en", territory=town, group=group, person=person, actor=SYSTEM
        )
        self.key, self.place, self.group = person.fs_uniquifier, town.slug, group.slug
        self.consultation, self.item = consultation.reference, item.reference


@pytest.fixture
def scene(web: Flask) -> Scene:
    with web.app_context():
        made = operation(Scene)()
        db.session.remove()
    return made


@pytest.mark.hostile("H44")
def test_addresses_in_texts_and_fields_are_kept_and_shown_and_never_asked(
    web: Flask, visit: Visit, scene: Scene, inside: Inside, attempts: list[str]
) -> None:
    """Guards: texts are made into pages without looking at what they link to, and web addresses are checked by their
    form alone (kernel.text.web_address). Fails when either asks what is there (tried with ``urlopen`` in each).
    """
    browser, text = visit(scene.key), addresses(inside)
    comments = f"/en/discuss/{scene.consultation}"
    sent = [
        send(browser, comments, body=text, stance="neutral", language="en"),
        send(browser, f"/en/actions/{scene.item}/report", body=text, status="in_progress", progress="10",
             evidence_url=f"{inside.url}/evidence", language="en"),
        send(browser, f"/en/organisations/new?place={scene.place}", name="Works", language="en", sector="business",
             description=text, website=f"{inside.url}/website"),
        send(browser, "/en/consultations/open/proposals/new", title="A park", body=text, language="en"),
    ]  # fmt: skip
    assert [answer.status_code for answer in sent] == [303] * len(sent)
    for answer in sent:
        for reader in (browser, visit()):
            page = reader.get(answer.location, follow_redirects=True)
            assert page.status_code == 200
            assert inside.url in page.text
    for path in ("search?q=127.0.0.1", f"records/{scene.consultation}/journey", "account/my-data.json"):
        assert browser.get(f"/en/{path}").status_code == 200
    assert attempts == []
    assert not inside.is_asked


@pytest.mark.hostile("H44")
def test_the_domain_of_an_address_is_not_looked_up(web: Flask, visit: Visit, attempts: list[str]) -> None:
    """Guard: ``check_deliverability=False`` in accounts.emails. Fails when the library may look a domain up: whoever
    registers would have us ask a name server of theirs.
    """
    for path in ("register", "sign-in/link", "forgotten"):
        answer = send(visit(), f"/en/account/{path}", email="ana@rebinding.example.com", name="Ana")
        assert answer.status_code == 200
    assert attempts == []
