"""Editions of a consultation: a draft of the core, places that ask, messages, languages and additions

Going back, requests of places that nobody has answered are forgotten: the older house knows only invitations.
"""

import sqlalchemy as sa
from alembic import op


revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

OLD_STATES = ('invited', 'declined', 'accepted', 'withdrawn')
NEW_STATES = ('asked', *OLD_STATES)


def allow_states(values):
    listed = ', '.join(repr(value) for value in values)
    with op.batch_alter_table('edition') as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_edition_edition_state'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_edition_edition_state'), sa.text(f'state IN ({listed})'))


def upgrade() -> None:
    op.create_table('core_draft',
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_core_draft_consultation_id_consultation'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('consultation_id', name=op.f('pk_core_draft'))
    )
    allow_states(NEW_STATES)
    with op.batch_alter_table('edition', schema=None) as batch_op:
        batch_op.add_column(sa.Column('message', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('message_language', sa.String(length=8), nullable=False, server_default='en'))
        batch_op.add_column(sa.Column('reply_by', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('languages', sa.JSON(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('addition_text', sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column('addition_html', sa.JSON(), nullable=True))
    with op.batch_alter_table('edition', schema=None) as batch_op:
        for name in ('message', 'message_language', 'languages'):
            batch_op.alter_column(name, server_default=None)

    with op.batch_alter_table('edition_item', schema=None) as batch_op:
        batch_op.add_column(sa.Column('core_id', sa.Integer(), nullable=True))
    op.execute('UPDATE edition_item SET core_id = (SELECT core_id FROM edition WHERE edition.id = edition_item.edition_id)')
    with op.batch_alter_table('edition_item', schema=None) as batch_op:
        batch_op.alter_column('core_id', existing_type=sa.Integer(), nullable=False)
        batch_op.create_index(batch_op.f('ix_edition_item_core_id'), ['core_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_edition_item_core_id_core'), 'core', ['core_id'], ['id'])


def downgrade() -> None:
    with op.batch_alter_table('edition_item', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_edition_item_core_id_core'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_edition_item_core_id'))
        batch_op.drop_column('core_id')

    with op.batch_alter_table('edition', schema=None) as batch_op:
        batch_op.drop_column('addition_html')
        batch_op.drop_column('addition_text')
        batch_op.drop_column('languages')
        batch_op.drop_column('reply_by')
        batch_op.drop_column('message_language')
        batch_op.drop_column('message')

    op.execute("DELETE FROM edition WHERE state = 'asked'")
    allow_states(OLD_STATES)
    op.drop_table('core_draft')
