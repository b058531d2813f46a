"""Matters handed between levels: referrals, responses and what belongs to their way; readers of what was handed over

Going back, referrals and responses go with everything that points at them: the older house has no page for them.
"""

import sqlalchemy as sa
from alembic import op


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


KINDS = "SELECT id FROM record WHERE kind IN ('referral', 'response')"
POINTING = (
    ('link', 'source_id'),
    ('link', 'target_id'),
    ('follow', 'record_id'),
    ('support', 'record_id'),
    ('attachment', 'record_id'),
    ('notification', 'record_id'),
    ('report', 'record_id'),
    ('search_entry', 'record_id'),
    ('record_reader', 'record_id'),
)


def upgrade() -> None:
    op.create_table('record_reader',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('record_id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('(group_id IS NULL) <> (organisation_id IS NULL)', name=op.f('ck_record_reader_group_or_organisation')),
    sa.ForeignKeyConstraint(['group_id'], ['group.id'], name=op.f('fk_record_reader_group_id_group'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_record_reader_organisation_id_organisation'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['record_id'], ['record.id'], name=op.f('fk_record_reader_record_id_record'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_record_reader')),
    sa.UniqueConstraint('record_id', 'group_id', name=op.f('uq_record_reader_record_id_group_id')),
    sa.UniqueConstraint('record_id', 'organisation_id', name=op.f('uq_record_reader_record_id_organisation_id'))
    )
    with op.batch_alter_table('record_reader', schema=None) as batch_op:
        batch_op.create_index('ix_record_reader_group', ['group_id'], unique=False)
        batch_op.create_index('ix_record_reader_organisation', ['organisation_id'], unique=False)

    op.create_table('referral',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('step', sa.Enum('sent', 'forwarded', 'escalated', 'joined', name='step', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=True),
    sa.Column('previous_id', sa.Integer(), nullable=True),
    sa.Column('root_id', sa.Integer(), nullable=True),
    sa.Column('bundle_id', sa.Integer(), nullable=True),
    sa.Column('from_body_id', sa.Integer(), nullable=True),
    sa.Column('from_group_id', sa.Integer(), nullable=True),
    sa.Column('to_body_id', sa.Integer(), nullable=False),
    sa.Column('topic', sa.Enum('housing', 'public_services', 'education', 'culture', 'jobs', 'mobility', 'health', 'environment', 'digital', 'finance', name='topic', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('gap', sa.Enum('administrative', 'information', 'policy', 'capacity', 'funding', 'objective', 'accountability', name='gap', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('body_text', sa.Text(), nullable=False),
    sa.Column('body_html', sa.Text(), nullable=False),
    sa.Column('evidence_text', sa.Text(), nullable=False),
    sa.Column('evidence_html', sa.Text(), nullable=False),
    sa.Column('evidence_links', sa.JSON(), nullable=False),
    sa.Column('skip_reason', sa.Text(), nullable=False),
    sa.Column('wanted_by', sa.Date(), nullable=True),
    sa.Column('reply_by', sa.Date(), nullable=True),
    sa.Column('ack_due_at', sa.DateTime(), nullable=True),
    sa.Column('due_at', sa.DateTime(), nullable=True),
    sa.Column('escalate_at', sa.DateTime(), nullable=True),
    sa.Column('sent_at', sa.DateTime(), nullable=True),
    sa.Column('acknowledged_at', sa.DateTime(), nullable=True),
    sa.Column('acknowledged_by_id', sa.Integer(), nullable=True),
    sa.Column('acknowledged_as', sa.String(length=120), nullable=False),
    sa.Column('acknowledgement_text', sa.Text(), nullable=False),
    sa.Column('acknowledgement_html', sa.Text(), nullable=False),
    sa.Column('acknowledgement_language', sa.String(length=8), nullable=False),
    sa.Column('deliberated_at', sa.DateTime(), nullable=True),
    sa.Column('answered_at', sa.DateTime(), nullable=True),
    sa.Column('answer_days', sa.Integer(), nullable=True),
    sa.Column('outcome', sa.Enum('accepted', 'accepted_in_part', 'declined', 'not_competent', name='outcome', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('answer_id', sa.Integer(), nullable=True),
    sa.Column('rounds', sa.Integer(), nullable=False),
    sa.Column('reopened_at', sa.DateTime(), nullable=True),
    sa.Column('reopen_reason', sa.Text(), nullable=False),
    sa.Column('concluded_at', sa.DateTime(), nullable=True),
    sa.Column('conclusion', sa.Text(), nullable=False),
    sa.Column('reminded_at', sa.DateTime(), nullable=True),
    sa.Column('warned_at', sa.DateTime(), nullable=True),
    sa.Column('escalated_at', sa.DateTime(), nullable=True),
    sa.CheckConstraint("step <> 'sent' OR source_id IS NOT NULL", name=op.f('ck_referral_source')),
    sa.CheckConstraint('(from_body_id IS NULL) <> (from_group_id IS NULL)', name=op.f('ck_referral_body_or_group')),
    sa.CheckConstraint('(previous_id IS NULL) = (root_id IS NULL)', name=op.f('ck_referral_first_rung')),
    sa.CheckConstraint('id <> previous_id AND id <> root_id AND id <> bundle_id', name=op.f('ck_referral_not_itself')),
    sa.CheckConstraint('rounds = 1 OR rounds = 2', name=op.f('ck_referral_rounds')),
    sa.ForeignKeyConstraint(['acknowledged_by_id'], ['user.id'], name=op.f('fk_referral_acknowledged_by_id_user'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['answer_id'], ['record.id'], name=op.f('fk_referral_answer_id_record')),
    sa.ForeignKeyConstraint(['bundle_id'], ['referral.id'], name=op.f('fk_referral_bundle_id_referral')),
    sa.ForeignKeyConstraint(['from_body_id'], ['body.id'], name=op.f('fk_referral_from_body_id_body')),
    sa.ForeignKeyConstraint(['from_group_id'], ['group.id'], name=op.f('fk_referral_from_group_id_group')),
    sa.ForeignKeyConstraint(['id'], ['record.id'], name=op.f('fk_referral_id_record')),
    sa.ForeignKeyConstraint(['previous_id'], ['referral.id'], name=op.f('fk_referral_previous_id_referral')),
    sa.ForeignKeyConstraint(['root_id'], ['referral.id'], name=op.f('fk_referral_root_id_referral')),
    sa.ForeignKeyConstraint(['source_id'], ['record.id'], name=op.f('fk_referral_source_id_record')),
    sa.ForeignKeyConstraint(['to_body_id'], ['body.id'], name=op.f('fk_referral_to_body_id_body')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_referral')),
    sa.UniqueConstraint('previous_id', name=op.f('uq_referral_previous_id'))
    )
    with op.batch_alter_table('referral', schema=None) as batch_op:
        batch_op.create_index('ix_referral_answer', ['answer_id'], unique=False)
        batch_op.create_index('ix_referral_bundle', ['bundle_id'], unique=False)
        batch_op.create_index('ix_referral_due', ['due_at'], unique=False)
        batch_op.create_index('ix_referral_escalate', ['escalate_at'], unique=False)
        batch_op.create_index('ix_referral_from_body', ['from_body_id'], unique=False)
        batch_op.create_index('ix_referral_from_group', ['from_group_id'], unique=False)
        batch_op.create_index('ix_referral_root', ['root_id'], unique=False)
        batch_op.create_index('ix_referral_source', ['source_id'], unique=False)
        batch_op.create_index('ix_referral_to_body_answer_days', ['to_body_id', 'answer_days'], unique=False)
        batch_op.create_index('ix_referral_to_body_due', ['to_body_id', 'due_at'], unique=False)

    op.create_table('bundling',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('body_id', sa.Integer(), nullable=False),
    sa.Column('bundle_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.JSON(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['body_id'], ['body.id'], name=op.f('fk_bundling_body_id_body')),
    sa.ForeignKeyConstraint(['bundle_id'], ['referral.id'], name=op.f('fk_bundling_bundle_id_referral')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_bundling_user_id_user'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bundling')),
    sa.UniqueConstraint('bundle_id', name=op.f('uq_bundling_bundle_id'))
    )
    with op.batch_alter_table('bundling', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bundling_body_id'), ['body_id'], unique=False)

    op.create_table('referral_stop',
    sa.Column('root_id', sa.Integer(), nullable=False),
    sa.Column('body_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['body_id'], ['body.id'], name=op.f('fk_referral_stop_body_id_body')),
    sa.ForeignKeyConstraint(['root_id'], ['referral.id'], name=op.f('fk_referral_stop_root_id_referral')),
    sa.PrimaryKeyConstraint('root_id', 'body_id', name=op.f('pk_referral_stop'))
    )
    op.create_table('response',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('referral_id', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('body_id', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.Enum('accepted', 'accepted_in_part', 'declined', 'not_competent', name='outcome', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('answer', sa.JSON(), nullable=False),
    sa.Column('answer_html', sa.JSON(), nullable=False),
    sa.Column('official_id', sa.Integer(), nullable=True),
    sa.Column('official_as', sa.String(length=120), nullable=False),
    sa.Column('named_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("outcome NOT IN ('accepted', 'accepted_in_part') OR named_id IS NOT NULL", name=op.f('ck_response_names_what_follows')),
    sa.CheckConstraint('round = 1 OR round = 2', name=op.f('ck_response_round')),
    sa.ForeignKeyConstraint(['body_id'], ['body.id'], name=op.f('fk_response_body_id_body')),
    sa.ForeignKeyConstraint(['id'], ['record.id'], name=op.f('fk_response_id_record')),
    sa.ForeignKeyConstraint(['named_id'], ['record.id'], name=op.f('fk_response_named_id_record')),
    sa.ForeignKeyConstraint(['official_id'], ['user.id'], name=op.f('fk_response_official_id_user'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['referral_id'], ['referral.id'], name=op.f('fk_response_referral_id_referral')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_response')),
    sa.UniqueConstraint('referral_id', 'round', name=op.f('uq_response_referral_id_round'))
    )
    with op.batch_alter_table('response', schema=None) as batch_op:
        batch_op.create_index('ix_response_body', ['body_id'], unique=False)
        batch_op.create_index('ix_response_named', ['named_id'], unique=False)

    op.create_table('skipped_body',
    sa.Column('referral_id', sa.Integer(), nullable=False),
    sa.Column('body_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['body_id'], ['body.id'], name=op.f('fk_skipped_body_body_id_body')),
    sa.ForeignKeyConstraint(['referral_id'], ['referral.id'], name=op.f('fk_skipped_body_referral_id_referral')),
    sa.PrimaryKeyConstraint('referral_id', 'body_id', name=op.f('pk_skipped_body'))
    )
    with op.batch_alter_table('skipped_body', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_skipped_body_body_id'), ['body_id'], unique=False)

    op.create_table('verdict',
    sa.Column('referral_id', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('satisfaction', sa.Enum('yes', 'partly', 'no', name='satisfaction', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['referral_id'], ['referral.id'], name=op.f('fk_verdict_referral_id_referral')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_verdict_user_id_user'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('referral_id', 'round', name=op.f('pk_verdict'))
    )
    op.create_table('join_request',
    sa.Column('bundling_id', sa.Integer(), nullable=False),
    sa.Column('referral_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('asked', 'agreed', 'refused', 'closed', name='join_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['bundling_id'], ['bundling.id'], name=op.f('fk_join_request_bundling_id_bundling')),
    sa.ForeignKeyConstraint(['referral_id'], ['referral.id'], name=op.f('fk_join_request_referral_id_referral')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_join_request_user_id_user'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('bundling_id', 'referral_id', name=op.f('pk_join_request'))
    )
    with op.batch_alter_table('join_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_join_request_referral_id'), ['referral_id'], unique=False)
        batch_op.create_index('uq_join_request_open', ['referral_id'], unique=True, sqlite_where=sa.text("state IN ('asked', 'agreed')"), postgresql_where=sa.text("state IN ('asked', 'agreed')"))

    op.create_table('local_note',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('response_id', sa.Integer(), nullable=False),
    sa.Column('body_id', sa.Integer(), nullable=True),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.CheckConstraint('(body_id IS NULL) <> (group_id IS NULL)', name=op.f('ck_local_note_body_or_group')),
    sa.ForeignKeyConstraint(['author_id'], ['user.id'], name=op.f('fk_local_note_author_id_user'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['body_id'], ['body.id'], name=op.f('fk_local_note_body_id_body')),
    sa.ForeignKeyConstraint(['group_id'], ['group.id'], name=op.f('fk_local_note_group_id_group')),
    sa.ForeignKeyConstraint(['response_id'], ['response.id'], name=op.f('fk_local_note_response_id_response')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_local_note')),
    sa.UniqueConstraint('response_id', 'body_id', name=op.f('uq_local_note_response_id_body_id')),
    sa.UniqueConstraint('response_id', 'group_id', name=op.f('uq_local_note_response_id_group_id'))
    )


def downgrade() -> None:
    for table, column in POINTING:
        op.execute(f'DELETE FROM {table} WHERE {column} IN ({KINDS})')
    op.drop_table('local_note')
    with op.batch_alter_table('join_request', schema=None) as batch_op:
        batch_op.drop_index('uq_join_request_open', sqlite_where=sa.text("state IN ('asked', 'agreed')"), postgresql_where=sa.text("state IN ('asked', 'agreed')"))
        batch_op.drop_index(batch_op.f('ix_join_request_referral_id'))

    op.drop_table('join_request')
    op.drop_table('verdict')
    with op.batch_alter_table('skipped_body', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_skipped_body_body_id'))

    op.drop_table('skipped_body')
    with op.batch_alter_table('response', schema=None) as batch_op:
        batch_op.drop_index('ix_response_named')
        batch_op.drop_index('ix_response_body')

    op.drop_table('response')
    op.drop_table('referral_stop')
    with op.batch_alter_table('bundling', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_bundling_body_id'))

    op.drop_table('bundling')
    with op.batch_alter_table('referral', schema=None) as batch_op:
        batch_op.drop_index('ix_referral_to_body_due')
        batch_op.drop_index('ix_referral_to_body_answer_days')
        batch_op.drop_index('ix_referral_source')
        batch_op.drop_index('ix_referral_root')
        batch_op.drop_index('ix_referral_from_group')
        batch_op.drop_index('ix_referral_from_body')
        batch_op.drop_index('ix_referral_escalate')
        batch_op.drop_index('ix_referral_due')
        batch_op.drop_index('ix_referral_bundle')
        batch_op.drop_index('ix_referral_answer')

    op.drop_table('referral')
    op.execute(f'UPDATE record SET context_id = NULL WHERE context_id IN ({KINDS})')
    op.execute("DELETE FROM record WHERE kind IN ('referral', 'response')")
    with op.batch_alter_table('record_reader', schema=None) as batch_op:
        batch_op.drop_index('ix_record_reader_organisation')
        batch_op.drop_index('ix_record_reader_group')

    op.drop_table('record_reader')
