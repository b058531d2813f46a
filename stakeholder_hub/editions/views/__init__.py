"""Pages of cores, invitations and editions."""
