"""Verified residents: people of whom an officer of their town has made sure that they live there.

A person asks, an officer of the place (or of one above it) looks at what proves it, and confirms or refuses. It is
*not* the town that somebody calls theirs to see first what happens there: that is their own word. No number of a
document and no copy of one is kept, only how it was verified, by whom, and until when it holds.
"""
