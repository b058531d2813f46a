"""Ballots, how they are counted, their results, and the decisions that rest on them."""
