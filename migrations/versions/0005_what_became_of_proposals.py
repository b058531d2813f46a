"""When proposals were first answered and carried out, and pages on which people show what they contributed

What is known already is filled in: the first official answer or the close of the first vote, whichever came first; the
last action item that carried a proposal out. Every consultation is counted anew by the next sweep.
"""

import sqlalchemy as sa
from alembic import op


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

CLOSED = """(
    SELECT MIN(ballot.closed_at) FROM ballot_option JOIN ballot ON ballot.id = ballot_option.ballot_id
    WHERE ballot_option.proposal_id = proposal.id
)"""
ANSWERED = """(
    SELECT MIN(audit_entry.at) FROM audit_entry
    WHERE audit_entry.event = 'proposals.answered' AND audit_entry.subject_id = proposal.id
)"""
CARRIED_OUT = """(
    SELECT MAX(action_item.completed_at) FROM link JOIN action_item ON action_item.id = link.target_id
    WHERE link.source_id = proposal.id AND link.relation = 'carried_out_by'
)"""
CHANGED = '(SELECT record.updated_at FROM record WHERE record.id = proposal.id)'
IS_DONE = "EXISTS (SELECT 1 FROM record WHERE record.id = proposal.id AND record.state = 'done')"


def upgrade() -> None:
    op.create_table('contribution_page',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('address', sa.String(length=32), nullable=False),
    sa.Column('opened_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_contribution_page_user_id_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contribution_page')),
    sa.UniqueConstraint('address', name=op.f('uq_contribution_page_address')),
    sa.UniqueConstraint('user_id', name=op.f('uq_contribution_page_user_id'))
    )
    op.create_table('outcome_tally',
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('heading', sa.String(length=80), nullable=False),
    sa.Column('measure', sa.String(length=40), nullable=False),
    sa.Column('value', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_outcome_tally_consultation_id_consultation'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('consultation_id', 'year', 'heading', 'measure', 'value', name=op.f('pk_outcome_tally'))
    )
    op.create_table('outcome_changed',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_outcome_changed_consultation_id_consultation'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outcome_changed'))
    )
    with op.batch_alter_table('outcome_changed', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_outcome_changed_consultation_id'), ['consultation_id'], unique=False)
    with op.batch_alter_table('proposal', schema=None) as batch_op:
        batch_op.add_column(sa.Column('responded_at', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('done_at', sa.DateTime(), nullable=True))
    op.execute(f'UPDATE proposal SET responded_at = COALESCE({ANSWERED}, answered_at) WHERE answered_at IS NOT NULL')
    op.execute(
        f'UPDATE proposal SET responded_at = {CLOSED}'
        f' WHERE {CLOSED} IS NOT NULL AND (responded_at IS NULL OR responded_at > {CLOSED})'
    )
    op.execute(f'UPDATE proposal SET done_at = COALESCE({CARRIED_OUT}, {CHANGED}) WHERE {IS_DONE}')
    op.execute('INSERT INTO outcome_changed (consultation_id) SELECT DISTINCT consultation_id FROM proposal')


def downgrade() -> None:
    with op.batch_alter_table('proposal', schema=None) as batch_op:
        batch_op.drop_column('done_at')
        batch_op.drop_column('responded_at')
    op.drop_table('outcome_changed')
    op.drop_table('outcome_tally')
    op.drop_table('contribution_page')
