"""Outgoing mail as rows: written in the transaction that causes it, delivered by the worker, at least once,
with a stable Message-ID. It is *not* a list of who reads what.
"""
