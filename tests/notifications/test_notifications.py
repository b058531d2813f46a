"""People are told what happens, in their language, as often as they wish, and only of what they may still see."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_babel import force_locale

from stakeholder_hub.accounts.models import User
from stakeholder_hub.kernel.database import db
from stakeholder_hub.kernel.errors import NotFound
from stakeholder_hub.kernel.multilingual import Multilingual
from stakeholder_hub.kernel.operation import operation
from stakeholder_hub.mail.models import OutgoingMail
from stakeholder_hub.notifications.frequency import MailFrequency, written_up_to
from stakeholder_hub.notifications.mails import mail_what_is_new
from stakeholder_hub.notifications.models import Notification
from stakeholder_hub.notifications.operations import forget_old, mark_all_read, mark_read, notify
from stakeholder_hub.notifications.queries import unread_count
from stakeholder_hub.notifications.sentences import register_sentence, sentence_of
from stakeholder_hub.records.models import Moderation, Visibility
from tests.deliberation.pages import send
from tests.factories.accounts import make_user, sign_in
from tests.factories.consultations import make_consultation
from tests.factories.territories import make_territory

MONDAY = datetime(2026, 9, 7, 4, tzinfo=UTC)
KIND = "tests.happened"
register_sentence(KIND, "%(who)s did something in %(title)s.")


def all_mails() -> list[OutgoingMail]:
    return list(db.session.scalars(sa.select(OutgoingMail).order_by(OutgoingMail.id)))


def tell(person: User, record: Any = None, who: str = "Zala") -> Notification:
    notify([person.id], kind=KIND, record=record or make_consultation(title="Parks"), data={"who": who})
    return db.session.scalars(sa.select(Notification).order_by(Notification.id.desc()).limit(1)).one()


@operation
def change(thing: Any, **values: Any) -> None:
    for name, value in values.items():
        setattr(thing, name, value)


def test_everybody_is_told_once_and_nobody_who_has_left(app: Flask) -> None:
    first, gone = make_user(), make_user(active=False)
    assert notify([first.id, first.id, None, gone.id, 10**6], kind=KIND) == 1


def test_a_notification_is_gone_when_what_caused_it_is_rolled_back(app: Flask) -> None:
    person = make_user()

    @operation
    def fail() -> None:
        notify([person.id], kind=KIND)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Notification)) == 0


def test_a_sentence_has_the_title_in_the_readers_language(app: Flask) -> None:
    record = make_consultation(title=Multilingual.of("Parks", "en", hu="Parkok"))
    told = tell(make_user(), record)
    with force_locale("hu"):
        sentence = sentence_of(told, "hu")
    assert (str(sentence), sentence.title and sentence.title.lang) == ("Zala did something in Parkok.", "hu")


@pytest.mark.hostile("H22")
@pytest.mark.parametrize("name", ["%(title)s", "{{7*7}}", "{0.__class__}", "%s%n", "100 %", "\x00"])
def test_names_are_filled_in_and_never_read_as_patterns(app: Flask, name: str) -> None:
    """Fails when a name is put into the sentence before the placeholders are filled."""
    told = tell(make_user(), who=name)
    assert str(sentence_of(told, "en")) == f"{name} did something in Parks.".replace("\x00", "")


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "26 January 2027 "), ("hu", "2027. január 26. "), ("de", "26. Januar 2027 ")],
)
def test_a_day_is_told_as_the_reader_writes_it(app: Flask, language: str, words: str) -> None:
    told = tell(make_user(), who="2027-01-26")
    assert str(sentence_of(told, language)).startswith(words)
    assert str(sentence_of(tell(make_user(), who="2027-13-99"), language)).startswith("2027-13-99 ")


def test_an_unknown_kind_still_says_something(app: Flask) -> None:
    person = make_user()
    notify([person.id], kind="nobody.knows", record=make_consultation(title="Parks"))
    told = db.session.scalars(sa.select(Notification)).one()
    assert str(sentence_of(told, "en")) == "Something happened to Parks."


def test_only_the_person_reads_and_marks_their_own(app: Flask) -> None:
    person = make_user()
    told = tell(person)
    with pytest.raises(NotFound):
        mark_read(told, actor=make_user())
    mark_read(told, actor=person)
    assert unread_count(person) == 0


def test_all_are_marked_at_once(app: Flask) -> None:
    person, other = make_user(), make_user()
    for someone in (person, person, other):
        tell(someone)
    assert mark_all_read(actor=person) == 2
    assert unread_count(other) == 1


@pytest.mark.hostile("H10")
@pytest.mark.parametrize("change_to", [{"visibility": Visibility.PRIVATE}, {"moderation": Moderation.HIDDEN}])
def test_what_one_may_see_no_more_one_is_not_told_of(app: Flask, change_to: dict[str, Any]) -> None:
    """Fails when the visibility condition is taken out of ``notifications_of``."""
    person, record = make_user(mail_frequency="now"), make_consultation(title="Canary")
    tell(person, record)
    change(record, **change_to)
    assert unread_count(person) == 0
    mail_what_is_new()
    assert all_mails() == []


@pytest.mark.parametrize(
    ("frequency", "moments"),
    [
        ("now", {"now": True, "evening": True, "tuesday": True, "next monday": True}),
        ("daily", {"now": False, "evening": False, "tuesday": True, "next monday": True}),
        ("weekly", {"now": False, "evening": False, "tuesday": False, "next monday": True}),
        ("never", {"now": False, "evening": False, "tuesday": False, "next monday": False}),
        ("nonsense", {"now": False, "evening": False, "tuesday": False, "next monday": False}),
    ],
)
def test_mails_come_as_often_as_chosen(app: Flask, at: Any, frequency: str, moments: dict[str, bool]) -> None:
    """It happens on Monday at 8 in Ljubljana; digests are written at 7."""
    happened = MONDAY + timedelta(hours=2)
    offsets = {"now": 0, "evening": 12, "tuesday": 24, "next monday": 7 * 24}
    for moment, hours in offsets.items():
        with at(happened):
            home = make_territory()
            person = make_user(mail_frequency=frequency, home_territory_id=home.id)
            tell(person)
        with at(happened + timedelta(hours=hours)):
            mail_what_is_new()
        mailed = sa.select(OutgoingMail).where(OutgoingMail.recipient == person.email)
        assert bool(db.session.scalars(mailed).all()) is moments[moment], moment


def test_the_hour_is_that_of_the_persons_home(app: Flask, at: Any) -> None:
    with at(MONDAY + timedelta(hours=1, minutes=1)):
        assert written_up_to(MailFrequency.DAILY, "Europe/Ljubljana") == MONDAY + timedelta(hours=1)
        assert written_up_to(MailFrequency.WEEKLY, "Europe/Ljubljana") == MONDAY + timedelta(hours=1)
        assert written_up_to(MailFrequency.DAILY, "America/New_York") == MONDAY - timedelta(hours=17)


def test_a_mail_tells_everything_once_in_the_persons_language(app: Flask) -> None:
    person = make_user(mail_frequency="now", language="sl")
    tell(person)
    tell(person, who="Bor")
    mail_what_is_new()
    mail_what_is_new()
    (mail,) = all_mails()
    assert (mail.recipient, mail.language) == (person.email, "sl")
    assert "Zala did something in Parks." in mail.text
    assert "Bor did something in Parks." in mail.text
    assert "/sl/consultations/" in mail.text
    assert "/sl/notifications/stop/" in mail.text


def test_what_was_read_is_not_mailed(app: Flask) -> None:
    person = make_user(mail_frequency="now")
    mark_read(tell(person), actor=person)
    mail_what_is_new()
    assert all_mails() == []


@pytest.mark.hostile("H27")
def test_links_in_mails_never_come_from_the_request(app: Flask) -> None:
    """Fails when the address is taken from a Host header instead of the settings."""
    tell(make_user(mail_frequency="now"))
    with app.test_request_context("/", headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"}):
        mail_what_is_new()
    assert "evil.example" not in all_mails()[0].text


def test_old_notifications_are_removed(app: Flask, at: Any) -> None:
    with at(MONDAY):
        tell(make_user())
    with at(MONDAY + timedelta(days=91)):
        assert forget_old() == 0
    with at(MONDAY + timedelta(days=93)):
        assert forget_old() == 1


def test_the_page_shows_what_is_new_and_marks_it(web: Flask) -> None:
    with web.app_context():
        person = make_user()
        told = tell(person, who="<b>Zala</b>").id
        assert person.fs_uniquifier
    browser = sign_in(web.test_client(), person)
    page = browser.get("/en/notifications/").get_data(as_text=True)
    assert "&lt;b&gt;Zala&lt;/b&gt; did something in" in page
    assert "Notifications (1 new)" in page
    assert send(browser, f"/en/notifications/{told}/read", page="/en/notifications/").status_code == 303
    assert "You have read everything." in browser.get("/en/notifications/").get_data(as_text=True)
    assert send(browser, "/en/notifications/read", page="/en/notifications/").status_code == 303
    assert browser.get("/en/notifications/?format=csv").mimetype == "text/csv"


def test_nobody_reads_anothers_notification_over_the_web(web: Flask) -> None:
    with web.app_context():
        told, stranger = tell(make_user()).id, make_user()
        assert stranger.fs_uniquifier
    browser = sign_in(web.test_client(), stranger)
    assert send(browser, f"/en/notifications/{told}/read", page="/en/about").status_code in (400, 404)
    with web.app_context():
        assert db.session.scalars(sa.select(Notification)).one().read_at is None


def test_visitors_are_asked_to_sign_in(web: Flask) -> None:
    assert web.test_client().get("/en/notifications/").status_code == 403


@pytest.mark.hostile("H29")
def test_the_link_that_stops_mails_asks_first(web: Flask) -> None:
    """Fails when opening the link already changes anything: mail scanners open every link."""
    with web.app_context():
        person = make_user(mail_frequency="now")
        tell(person)
        mail_what_is_new()
        path = "/en/notifications/stop/" + all_mails()[0].text.split("/notifications/stop/")[1].split()[0]
        who = person.id
    browser = web.test_client()
    assert browser.get(path).status_code == 200
    with web.app_context():
        assert db.session.get_one(User, who).mail_frequency == "now"
    assert send(browser, path).status_code == 303
    with web.app_context():
        assert db.session.get_one(User, who).mail_frequency == "never"


@pytest.mark.hostile("H03")
@pytest.mark.parametrize("token", ["1", "MQ.AAAA", "x" * 3000, "é"])
def test_forged_links_stop_nothing(web: Flask, token: str) -> None:
    """Fails when the signature or its purpose is not checked."""
    assert web.test_client().get(f"/en/notifications/stop/{token}").status_code == 404
