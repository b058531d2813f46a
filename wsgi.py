"""For any WSGI server: ``wsgi:app``."""

from stakeholder_hub.app import create_app

app = create_app()
