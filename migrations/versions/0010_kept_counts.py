"""Kept counts of consultations and of closed ballots, filled from what is stored"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

PARTICIPANTS = """
INSERT INTO participant_count (consultation_id, sector, people)
SELECT consultation_id, sector, count(*) FROM participation GROUP BY consultation_id, sector
"""
CONTRIBUTIONS = """
INSERT INTO contribution_count (consultation_id, proposals, comments, supports, votes)
SELECT c.id,
  (SELECT count(*) FROM record r WHERE r.context_id = c.id AND r.kind = 'proposal'
    AND r.state <> 'withdrawn' AND r.moderation = 'visible'),
  (SELECT count(*) FROM record r WHERE r.context_id = c.id AND r.kind = 'comment'
    AND r.state <> 'withdrawn' AND r.moderation = 'visible'),
  (SELECT count(*) FROM support s JOIN record r ON r.id = s.record_id WHERE r.context_id = c.id
    AND r.kind IN ('proposal', 'comment') AND r.state <> 'withdrawn' AND r.moderation = 'visible'),
  (SELECT coalesce(sum(b.vote_count), 0) FROM ballot b JOIN record r ON r.id = b.id
    WHERE b.consultation_id = c.id AND r.state = 'closed')
FROM consultation c
"""

ballot = sa.table(
    'ballot',
    sa.column('id', sa.Integer),
    sa.column('consultation_id', sa.Integer),
    sa.column('vote_count', sa.Integer),
    sa.column('result', sa.JSON),
    sa.column('checks', sa.JSON),
    sa.column('imported', sa.Boolean),
    sa.column('closes_at', sa.DateTime),
    sa.column('closed_at', sa.DateTime),
)
record = sa.table('record', sa.column('id', sa.Integer), sa.column('state', sa.String))
option = sa.table(
    'ballot_option',
    sa.column('ballot_id', sa.Integer),
    sa.column('position', sa.Integer),
    sa.column('official_winner', sa.Boolean),
)


def upgrade() -> None:
    op.create_table('participant_count',
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('sector', sa.String(length=32), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.CheckConstraint('people >= 0', name=op.f('ck_participant_count_people')),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_participant_count_consultation_id_consultation'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('consultation_id', 'sector', name=op.f('pk_participant_count'))
    )
    op.create_table('contribution_count',
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('proposals', sa.Integer(), nullable=False),
    sa.Column('comments', sa.Integer(), nullable=False),
    sa.Column('supports', sa.Integer(), nullable=False),
    sa.Column('votes', sa.Integer(), nullable=False),
    sa.CheckConstraint('proposals >= 0 AND comments >= 0 AND supports >= 0 AND votes >= 0', name=op.f('ck_contribution_count_counters')),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_contribution_count_consultation_id_consultation'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('consultation_id', name=op.f('pk_contribution_count'))
    )
    op.create_table('ballot_count',
    sa.Column('ballot_id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('voters', sa.Integer(), nullable=False),
    sa.Column('figures', sa.JSON(), nullable=False),
    sa.Column('chosen', sa.JSON(), nullable=False),
    sa.Column('closed_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['ballot_id'], ['ballot.id'], name=op.f('fk_ballot_count_ballot_id_ballot'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_ballot_count_consultation_id_consultation'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('ballot_id', name=op.f('pk_ballot_count'))
    )
    with op.batch_alter_table('ballot_count', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ballot_count_consultation_id'), ['consultation_id'], unique=False)

    op.execute(PARTICIPANTS)
    op.execute(CONTRIBUTIONS)
    fill_ballots()


def fill_ballots() -> None:
    """One row for each closed ballot: its figures, and what was chosen."""
    connection = op.get_bind()
    official: dict[int, list[tuple[int, bool]]] = {}
    for ballot_id, position, won in connection.execute(
        sa.select(option).where(option.c.official_winner.is_not(None))
    ):
        official.setdefault(ballot_id, []).append((position, won))
    counts = sa.table('ballot_count', *[
        sa.column(name, kind)
        for name, kind in (
            ('ballot_id', sa.Integer), ('consultation_id', sa.Integer), ('voters', sa.Integer),
            ('figures', sa.JSON), ('chosen', sa.JSON), ('closed_at', sa.DateTime),
        )
    ])
    closed = sa.select(ballot).join(record, record.c.id == ballot.c.id).where(record.c.state == 'closed')
    for row in connection.execute(closed).all():
        result = row.result or {}
        scores = result.get('scores', {})
        chosen = [int(name) for name in result.get('winners', [])]
        if row.imported and row.id in official:
            won = [position for position, is_winner in official[row.id] if is_winner]
            chosen = sorted(won, key=lambda position: (-scores.get(str(position), 0), position))
        if any(not check['met'] for check in row.checks or ()):
            chosen = []
        connection.execute(sa.insert(counts).values(
            ballot_id=row.id,
            consultation_id=row.consultation_id,
            voters=row.vote_count,
            figures={str(name): int(figure) for name, figure in scores.items()},
            chosen=chosen,
            closed_at=row.closed_at or row.closes_at,
        ))


def downgrade() -> None:
    with op.batch_alter_table('ballot_count', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ballot_count_consultation_id'))
    op.drop_table('ballot_count')
    op.drop_table('contribution_count')
    op.drop_table('participant_count')
