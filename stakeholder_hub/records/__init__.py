"""The Record supertable, the links that make the journey, readable references, attachments. Pages and rules
of single kinds are *not* here.
"""
