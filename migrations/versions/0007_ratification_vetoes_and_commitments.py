"""Vetoes and ratification by bodies, commitments with their evidence, and texts that bodies ratify

Going back, commitments and evidence are taken out of the house with all that hangs on them; a decision that waited for
bodies, or fell because of one, is "rejected"; and what the terms of a ballot say about bodies is left out.
"""

import sqlalchemy as sa
from alembic import op


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


ABOUT_BODIES = (
    'veto_bodies', 'veto_days', 'veto_override', 'ratify_bodies', 'ratify_rule', 'ratify_needed', 'ratify_until',
)
DOOMED = """
    SELECT id FROM record WHERE kind IN ('commitment', 'evidence')
    UNION SELECT comment.id FROM comment JOIN record ON record.id = comment.subject_id
    WHERE record.kind IN ('commitment', 'evidence')
"""


def forget_records():
    """Take commitments, evidence and the comments on them out of every table that points at records."""
    connection = op.get_bind()
    inspector = sa.inspect(connection)
    connection.execute(sa.text('CREATE TEMPORARY TABLE doomed AS ' + DOOMED))
    own = ('commitment', 'evidence', 'commitment_change')
    for table in inspector.get_table_names():
        nullable = {column['name']: column['nullable'] for column in inspector.get_columns(table)}
        for key in inspector.get_foreign_keys(table):
            if key['referred_table'] not in ('record', 'comment') or table in own + ('record', 'comment'):
                continue
            (column,) = key['constrained_columns']
            where = f'WHERE "{column}" IN (SELECT id FROM doomed)'
            step = f'UPDATE "{table}" SET "{column}" = NULL {where}' if nullable[column] else f'DELETE FROM "{table}" {where}'
            connection.execute(sa.text(step))
    connection.execute(sa.text('UPDATE record SET context_id = NULL WHERE context_id IN (SELECT id FROM doomed)'))
    connection.execute(sa.text('UPDATE comment SET parent_id = NULL WHERE id IN (SELECT id FROM doomed)'))
    connection.execute(sa.text('DELETE FROM comment WHERE id IN (SELECT id FROM doomed)'))
    for table in ('evidence', 'commitment_change', 'commitment'):
        op.drop_table(table)
    connection.execute(sa.text('DELETE FROM record WHERE id IN (SELECT id FROM doomed)'))
    connection.execute(sa.text('DROP TABLE doomed'))


def leave_out_terms_about_bodies():
    connection = op.get_bind()
    ballot = sa.table('ballot', sa.column('id', sa.Integer), sa.column('conditions', sa.JSON))
    for identity, conditions in connection.execute(sa.select(ballot.c.id, ballot.c.conditions)).all():
        if conditions and any(name in conditions for name in ABOUT_BODIES):
            left = {name: value for name, value in conditions.items() if name not in ABOUT_BODIES}
            connection.execute(
                sa.update(ballot).where(ballot.c.id == identity).values(conditions=left or sa.null())
            )


def upgrade() -> None:
    op.create_table('ratification',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('record_id', sa.Integer(), nullable=False),
    sa.Column('rule', sa.Enum('every', 'some', 'levels', name='rule', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('needed', sa.Integer(), nullable=False),
    sa.Column('started_at', sa.DateTime(), nullable=False),
    sa.Column('due_at', sa.DateTime(), nullable=False),
    sa.Column('standing', sa.Enum('pending', 'held', 'failed', name='standing', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('settled_at', sa.DateTime(), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.CheckConstraint("needed >= 0 AND (rule <> 'some' OR needed > 0)", name=op.f('ck_ratification_needed')),
    sa.CheckConstraint('revision > 0', name=op.f('ck_ratification_revision')),
    sa.ForeignKeyConstraint(['record_id'], ['record.id'], name=op.f('fk_ratification_record_id_record')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ratification')),
    sa.UniqueConstraint('record_id', name=op.f('uq_ratification_record_id'))
    )
    with op.batch_alter_table('ratification', schema=None) as batch_op:
        batch_op.create_index('ix_ratification_due', ['due_at'], unique=False)

    op.create_table('ratifying_body',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ratification_id', sa.Integer(), nullable=False),
    sa.Column('body_id', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.Enum('waiting', 'adopted', 'reservations', 'rejected', 'lapsed', name='outcome', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.ForeignKeyConstraint(['body_id'], ['body.id'], name=op.f('fk_ratifying_body_body_id_body')),
    sa.ForeignKeyConstraint(['ratification_id'], ['ratification.id'], name=op.f('fk_ratifying_body_ratification_id_ratification'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ratifying_body')),
    sa.UniqueConstraint('ratification_id', 'body_id', name=op.f('uq_ratifying_body_ratification_id_body_id'))
    )
    with op.batch_alter_table('ratifying_body', schema=None) as batch_op:
        batch_op.create_index('ix_ratifying_body_body', ['body_id', 'outcome'], unique=False)

    op.create_table('ratification_act',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ratifying_body_id', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.Enum('waiting', 'adopted', 'reservations', 'rejected', 'lapsed', name='outcome', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('act', sa.String(length=200), nullable=False),
    sa.Column('acted_on', sa.Date(), nullable=False),
    sa.Column('signatory_id', sa.Integer(), nullable=True),
    sa.Column('position', sa.String(length=120), nullable=False),
    sa.Column('reasons', sa.Text(), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('given_at', sa.DateTime(), nullable=False),
    sa.Column('reset_at', sa.DateTime(), nullable=True),
    sa.Column('reset_by', sa.Integer(), nullable=True),
    sa.CheckConstraint("outcome IN ('adopted', 'reservations', 'rejected')", name=op.f('ck_ratification_act_answered')),
    sa.ForeignKeyConstraint(['ratifying_body_id'], ['ratifying_body.id'], name=op.f('fk_ratification_act_ratifying_body_id_ratifying_body'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['signatory_id'], ['user.id'], name=op.f('fk_ratification_act_signatory_id_user'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ratification_act'))
    )
    with op.batch_alter_table('ratification_act', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ratification_act_ratifying_body_id'), ['ratifying_body_id'], unique=False)
        batch_op.create_index('uq_ratification_act_one_holds', ['ratifying_body_id'], unique=True, sqlite_where=sa.text('reset_at IS NULL'), postgresql_where=sa.text('reset_at IS NULL'))

    op.create_table('veto',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ballot_id', sa.Integer(), nullable=False),
    sa.Column('body_id', sa.Integer(), nullable=False),
    sa.Column('official_id', sa.Integer(), nullable=True),
    sa.Column('position', sa.String(length=120), nullable=False),
    sa.Column('reasons', sa.Text(), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('vetoed_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['ballot_id'], ['ballot.id'], name=op.f('fk_veto_ballot_id_ballot'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['body_id'], ['body.id'], name=op.f('fk_veto_body_id_body')),
    sa.ForeignKeyConstraint(['official_id'], ['user.id'], name=op.f('fk_veto_official_id_user'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_veto')),
    sa.UniqueConstraint('ballot_id', 'body_id', name=op.f('uq_veto_ballot_id_body_id'))
    )
    with op.batch_alter_table('veto', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_veto_body_id'), ['body_id'], unique=False)

    op.create_table('commitment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('decision_id', sa.Integer(), nullable=False),
    sa.Column('asker_id', sa.Integer(), nullable=False),
    sa.Column('body_id', sa.Integer(), nullable=False),
    sa.Column('body_text', sa.Text(), nullable=False),
    sa.Column('body_html', sa.Text(), nullable=False),
    sa.Column('measure', sa.Text(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('offer', sa.JSON(), nullable=True),
    sa.Column('pledged_at', sa.DateTime(), nullable=True),
    sa.Column('successor_id', sa.Integer(), nullable=True),
    sa.Column('reminded_before_at', sa.DateTime(), nullable=True),
    sa.Column('reminded_after_at', sa.DateTime(), nullable=True),
    sa.CheckConstraint('asker_id <> body_id', name=op.f('ck_commitment_not_asked_of_oneself')),
    sa.CheckConstraint('successor_id IS NULL OR successor_id <> id', name=op.f('ck_commitment_not_its_own_successor')),
    sa.ForeignKeyConstraint(['asker_id'], ['body.id'], name=op.f('fk_commitment_asker_id_body')),
    sa.ForeignKeyConstraint(['body_id'], ['body.id'], name=op.f('fk_commitment_body_id_body')),
    sa.ForeignKeyConstraint(['decision_id'], ['decision.id'], name=op.f('fk_commitment_decision_id_decision')),
    sa.ForeignKeyConstraint(['id'], ['record.id'], name=op.f('fk_commitment_id_record')),
    sa.ForeignKeyConstraint(['successor_id'], ['commitment.id'], name=op.f('fk_commitment_successor_id_commitment')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_commitment'))
    )
    with op.batch_alter_table('commitment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_commitment_asker_id'), ['asker_id'], unique=False)
        batch_op.create_index('ix_commitment_body', ['body_id'], unique=False)
        batch_op.create_index('ix_commitment_decision', ['decision_id'], unique=False)
        batch_op.create_index('ix_commitment_due', ['due_on'], unique=False)

    op.create_table('text_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('decision_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('asker_id', sa.Integer(), nullable=False),
    sa.Column('clauses', sa.JSON(), nullable=False),
    sa.Column('material', sa.JSON(), nullable=False),
    sa.Column('reset_bodies', sa.JSON(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('number > 0', name=op.f('ck_text_version_number')),
    sa.ForeignKeyConstraint(['asker_id'], ['body.id'], name=op.f('fk_text_version_asker_id_body')),
    sa.ForeignKeyConstraint(['author_id'], ['user.id'], name=op.f('fk_text_version_author_id_user'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['decision_id'], ['decision.id'], name=op.f('fk_text_version_decision_id_decision'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_text_version')),
    sa.UniqueConstraint('decision_id', 'number', name=op.f('uq_text_version_decision_id_number'))
    )
    op.create_table('commitment_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('commitment_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('official_id', sa.Integer(), nullable=True),
    sa.Column('body_id', sa.Integer(), nullable=False),
    sa.Column('before', sa.String(length=24), nullable=True),
    sa.Column('after', sa.String(length=24), nullable=False),
    sa.Column('reasons', sa.Text(), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('text', sa.JSON(), nullable=True),
    sa.ForeignKeyConstraint(['body_id'], ['body.id'], name=op.f('fk_commitment_change_body_id_body')),
    sa.ForeignKeyConstraint(['commitment_id'], ['commitment.id'], name=op.f('fk_commitment_change_commitment_id_commitment'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['official_id'], ['user.id'], name=op.f('fk_commitment_change_official_id_user'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_commitment_change'))
    )
    with op.batch_alter_table('commitment_change', schema=None) as batch_op:
        batch_op.create_index('ix_commitment_change_commitment', ['commitment_id'], unique=False)

    op.create_table('evidence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('commitment_id', sa.Integer(), nullable=False),
    sa.Column('promiser_id', sa.Integer(), nullable=False),
    sa.Column('claim', sa.Enum('started', 'partly', 'kept', name='claim', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('body_text', sa.Text(), nullable=False),
    sa.Column('body_html', sa.Text(), nullable=False),
    sa.Column('url', sa.Text(), nullable=True),
    sa.Column('finding', sa.Enum('waiting', 'confirmed', 'disputed', name='finding', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('verifier_body_id', sa.Integer(), nullable=True),
    sa.Column('verifier_id', sa.Integer(), nullable=True),
    sa.Column('finding_reasons', sa.Text(), nullable=False),
    sa.Column('finding_language', sa.String(length=8), nullable=False),
    sa.Column('verified_at', sa.DateTime(), nullable=True),
    sa.CheckConstraint("(finding = 'waiting') = (verifier_body_id IS NULL)", name=op.f('ck_evidence_finding_has_a_body')),
    sa.CheckConstraint('verifier_body_id IS NULL OR verifier_body_id <> promiser_id', name=op.f('ck_evidence_verified_by_another')),
    sa.ForeignKeyConstraint(['commitment_id'], ['commitment.id'], name=op.f('fk_evidence_commitment_id_commitment')),
    sa.ForeignKeyConstraint(['id'], ['record.id'], name=op.f('fk_evidence_id_record')),
    sa.ForeignKeyConstraint(['promiser_id'], ['body.id'], name=op.f('fk_evidence_promiser_id_body')),
    sa.ForeignKeyConstraint(['verifier_body_id'], ['body.id'], name=op.f('fk_evidence_verifier_body_id_body')),
    sa.ForeignKeyConstraint(['verifier_id'], ['user.id'], name=op.f('fk_evidence_verifier_id_user'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evidence'))
    )
    with op.batch_alter_table('evidence', schema=None) as batch_op:
        batch_op.create_index('ix_evidence_commitment', ['commitment_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_evidence_verifier_body_id'), ['verifier_body_id'], unique=False)

    with op.batch_alter_table('ballot', schema=None) as batch_op:
        batch_op.add_column(sa.Column('after_close', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('veto_until', sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column('overrides_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_ballot_after_close'), ['after_close'], unique=False)
        batch_op.create_check_constraint(
            batch_op.f('ck_ballot_after_close'), sa.text("after_close IN ('pending', 'held', 'failed')")
        )
        batch_op.create_unique_constraint(batch_op.f('uq_ballot_overrides_id'), ['overrides_id'])
        batch_op.create_foreign_key(batch_op.f('fk_ballot_overrides_id_ballot'), 'ballot', ['overrides_id'], ['id'])



def downgrade() -> None:
    leave_out_terms_about_bodies()
    op.execute("UPDATE record SET state = 'rejected' WHERE kind = 'decision' AND state IN ('pending', 'failed')")
    forget_records()
    with op.batch_alter_table('ballot', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_ballot_overrides_id_ballot'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('uq_ballot_overrides_id'), type_='unique')
        batch_op.drop_constraint(batch_op.f('ck_ballot_after_close'), type_='check')
        batch_op.drop_index(batch_op.f('ix_ballot_after_close'))
        batch_op.drop_column('overrides_id')
        batch_op.drop_column('veto_until')
        batch_op.drop_column('after_close')

    op.drop_table('text_version')
    with op.batch_alter_table('veto', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_veto_body_id'))

    op.drop_table('veto')
    with op.batch_alter_table('ratification_act', schema=None) as batch_op:
        batch_op.drop_index('uq_ratification_act_one_holds', sqlite_where=sa.text('reset_at IS NULL'), postgresql_where=sa.text('reset_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_ratification_act_ratifying_body_id'))

    op.drop_table('ratification_act')
    with op.batch_alter_table('ratifying_body', schema=None) as batch_op:
        batch_op.drop_index('ix_ratifying_body_body')

    op.drop_table('ratifying_body')
    with op.batch_alter_table('ratification', schema=None) as batch_op:
        batch_op.drop_index('ix_ratification_due')

    op.drop_table('ratification')
