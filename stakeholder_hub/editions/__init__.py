"""Editions: one consultation carried out in many territories, with a common core and local additions.

The parent consultation publishes a core; territories are invited, and each edition is a consultation of its own with
its own group, languages, dates and moderators. It is *not* a copy that drifts away: what belongs to the core is known.
"""
