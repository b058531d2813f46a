"""Comparisons: what the places that carry out one consultation have in common, where they differ, and how much.

Reads kept counts of every consultation (``keeping``), adds them up three ways (``aggregating``), holds back what might
tell who it was (``kernel.suppression``), and says it in words, as a page and as files. It is *not* a count of votes:
what a place decided is what its own ballot says.
"""
