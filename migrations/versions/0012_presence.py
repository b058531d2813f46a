"""Who is present at a vote, where that is the base of its majority"""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('presence',
    sa.Column('ballot_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['ballot_id'], ['ballot.id'], name=op.f('fk_presence_ballot_id_ballot'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_presence_user_id_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('ballot_id', 'user_id', name=op.f('pk_presence'))
    )
    op.create_index(op.f('ix_presence_user_id'), 'presence', ['user_id'])
    op.add_column('ballot', sa.Column('present', sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column('ballot', 'present')
    op.drop_index(op.f('ix_presence_user_id'), table_name='presence')
    op.drop_table('presence')
