"""Working groups and stakeholder organisations: members, sectors and their targets, delegates and mandates,
invitations.
"""
