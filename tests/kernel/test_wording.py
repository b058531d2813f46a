"""The words of templates: from the catalogue of the language in force, also where it changes within one answer."""

from flask import Flask, g, render_template_string
from flask_babel import force_locale


def test_templates_speak_the_language_in_force_and_another_one_where_it_is_forced(app: Flask):
    with app.test_request_context("/de/"):
        g.lang = "de"
        assert render_template_string("{{ _('Vote') }}") == "Abstimmen"
        with force_locale("hu"):
            assert render_template_string("{{ _('Vote') }}") == "Szavazás"
        assert render_template_string("{{ _('Vote') }}") == "Abstimmen"
        assert render_template_string("{{ _('%(n)s & more', n='<b>') }}") == "&lt;b&gt; & more"


def test_templates_count_in_the_language_in_force_and_speak_without_a_request(app: Flask):
    with app.test_request_context("/sl/"):
        g.lang = "sl"
        said = [
            render_template_string("{{ ngettext('%(num)s vote', '%(num)s votes', n) }}", n=n)
            for n in (1, 2, 3, 5)
        ]
    assert len({word.split()[1] for word in said}) == 4, said
    with app.app_context():
        assert app.jinja_env.from_string("{{ _('Vote') }}").render() == "Vote"
