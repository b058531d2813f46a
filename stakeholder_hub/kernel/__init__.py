"""What every feature stands on: database, operations, authorization, events, errors, clock, text and
languages.
"""
