"""What makes a result checkable by anyone: receipts, the Merkle tree over votes and receipts, its signed checkpoint,
and the archive with a second counter. Not a promise of what it cannot give: see ``docs/voting.md``.
"""
