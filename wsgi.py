"""For any WSGI server: ``wsgi:app``."""

import gc

from stakeholder_hub.app import create_app

app = create_app()

# What has been made so far lives as long as the process: the collector need not walk through it again and again.
gc.collect()
gc.freeze()
