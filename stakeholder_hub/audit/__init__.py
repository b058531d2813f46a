"""What happened, when, to which record: one row per event, written in the same transaction. It is *not* a
log of page views and holds no personal data but the actor's key.
"""
