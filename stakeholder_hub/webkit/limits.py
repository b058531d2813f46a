"""How often something may be tried."""

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(key_func=get_remote_address, default_limits=[], headers_enabled=False)
"""Decorate views with ``@limiter.limit("5 per minute")``; the key is the address that reached us, and a
forwarding header counts only from as many proxies as the settings trust."""
