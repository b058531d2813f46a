"""Pages that gather from every feature: home, a territory, my desk, search, help."""
