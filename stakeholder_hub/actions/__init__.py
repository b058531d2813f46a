"""Something to be done by a named body by a date: status, evidence, progress."""
