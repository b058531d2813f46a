"""What a person is told: rows written with the event, shown on the site and mailed as a digest or at once."""
