"""People: one account each, how they sign in, what they prefer. Roles are *not* here: they are held in
territories and groups.
"""
