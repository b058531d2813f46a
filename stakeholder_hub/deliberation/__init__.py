"""Comments with a stance, support, follows: on any record. Whether a record takes them is the record's own
rule.
"""
