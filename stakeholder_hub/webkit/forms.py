"""The base of every form: CSRF, idempotency key, kept input, refusals at the field where they belong."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, Self

from flask import render_template, request
from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage
from wtforms import HiddenField, IntegerField, StringField, SubmitField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import HiddenInput

from stakeholder_hub.kernel.errors import Conflict, Invalid, NotAllowed, Reason
from stakeholder_hub.kernel.i18n import CONTENT, NAMES
from stakeholder_hub.webkit.idempotency import AlreadyDone

_TEXTS = frozenset({StringField, TextAreaField})
_NOT_VALUES = frozenset({"csrf_token", "idempotency_key"})


def writing_languages(*first: str) -> list[SelectChoice]:
    """Every language people may write in, those named first at the top: choices of a field."""
    codes = dict.fromkeys([code for code in first if code in CONTENT] + list(CONTENT))
    return [SelectChoice(code, NAMES[code]) for code in codes]


class HubForm(FlaskForm):
    """A form. ``from_request`` fills it, ``submitted`` says whether it was sent and is in order, ``values`` are
    the operation's keyword arguments, and ``catching`` puts an operation's refusal at the field it names.

    ``ids`` is put before the ids of the fields: for forms that stand on a page beside others.
    """

    ids: ClassVar[str] = ""

    idempotency_key = HiddenField()

    general_errors: list[Reason]
    conflict: Conflict | None
    answer_status: int

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self if self.ids else ():
            field.id = field.label.field_id = self.ids + field.id
        if not self.idempotency_key.data:
            self.idempotency_key.data = secrets.token_urlsafe(18)
        self.general_errors = []
        self.conflict = None
        self.answer_status = 200

    @classmethod
    def from_request(cls, obj: Any = None, **defaults: Any) -> Self:
        """The form as sent, or filled from ``obj`` and ``defaults`` where it was not sent yet."""
        return cls(obj=obj, **defaults)

    def submitted(self) -> bool:
        """Whether the form was sent and every field is in order."""
        if not self.is_submitted():
            return False
        if self.validate():
            return True
        self.answer_status = 422
        return False

    @property
    def values(self) -> dict[str, Any]:
        """The fields' data by name, without the form's own hidden fields and buttons.

        A text that was not sent at all is an empty one: a browser always sends it, others may not.
        """
        return {
            name: "" if field.data is None and type(field) in _TEXTS else field.data
            for name, field in self._fields.items()
            if name not in _NOT_VALUES and not isinstance(field, SubmitField)
        }

    @contextmanager
    def catching(self) -> Iterator[None]:
        """Let an operation refuse: the reason goes to the field it names, else above the form.

        What follows the ``with`` block is only reached when the operation refused: show the form again.
        """
        try:
            yield
        except AlreadyDone:
            raise
        except Invalid as refusal:
            self.answer_status = refusal.status
            self.refuse(refusal.reason, refusal.field)
        except Conflict as refusal:
            self.answer_status, self.conflict = refusal.status, refusal
            self.refuse(refusal.reason)
            self._take_new_version(refusal)
        except NotAllowed as refusal:
            if refusal.sign_in:
                raise
            self.answer_status = refusal.status
            self.refuse(refusal.reason)
        # A refused operation has claimed nothing: the same key serves the next try.

    def refuse(self, reason: Reason, field: str | None = None) -> None:
        """Put ``reason`` at ``field``, or above the form where there is no such field."""
        if field is not None and field in self._fields:
            target = self._fields[field]
            target.errors = [*target.errors, reason]
        else:
            self.general_errors.append(reason)

    def _take_new_version(self, refusal: Conflict) -> None:
        version = refusal.theirs.get("version")
        if version is not None and "version" in self._fields:
            self._fields["version"].data = version
            self._fields["version"].raw_data = [str(version)]

    @property
    def has_errors(self) -> bool:
        """Whether anything is to be mended."""
        return bool(self.general_errors or self.errors)


class EditForm(HubForm):
    """A form that changes something which others may change too: it carries the version it was made from."""

    version = IntegerField(widget=HiddenInput())


class ActionForm(HubForm):
    """A form without fields: a button that does something."""

    allowed_empty: ClassVar[bool] = True


def render_form(template: str, form: HubForm, **context: Any) -> tuple[str, int]:
    """The page with ``form``, with the status that its refusals ask for."""
    return render_template(template, form=form, **context), form.answer_status


def uploaded_files(field_data: Sequence[Any] | Any) -> list[FileStorage]:
    """The files really chosen in a (multiple) file field: browsers send an empty part for none."""
    items = field_data if isinstance(field_data, list | tuple) else [field_data]
    return [item for item in items if isinstance(item, FileStorage) and item.filename]


def is_htmlless() -> bool:
    """Whether the caller asked for JSON rather than a page: by the address, or by what it takes."""
    if request.path.startswith("/api/"):
        return True
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
