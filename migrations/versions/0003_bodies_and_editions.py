"""Bodies with competences, editions of a consultation, and the links they leave in the journey

Going back, links of a sort that the older house does not know stay as "related to".
"""

import sqlalchemy as sa
from alembic import op


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

OLD_RELATIONS = (
    'prompted', 'put_to_vote', 'decided_by', 'carried_out_by', 'resulted_in', 'repeated_as', 'merged_into', 'relates_to',
)
NEW_RELATIONS = ('run_as', 'referred_as', 'forwarded_as', 'joined_in', 'answered_by', 'promised_as')


def one_of(column, values):
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def allow_relations(values):
    with op.batch_alter_table('link') as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_link_relation'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_link_relation'), sa.text(one_of('relation', values)))


def upgrade() -> None:
    allow_relations(OLD_RELATIONS + NEW_RELATIONS)
    op.create_table('level_competence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('territory_id', sa.Integer(), nullable=False),
    sa.Column('level', sa.Enum('transnational', 'national', 'regional', 'local', name='level', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('topic', sa.Enum('housing', 'public_services', 'education', 'culture', 'jobs', 'mobility', 'health', 'environment', 'digital', 'finance', name='topic', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('strength', sa.Enum('decides', 'shares', 'carries_out', 'advises', name='strength', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('basis', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['territory_id'], ['territory.id'], name=op.f('fk_level_competence_territory_id_territory'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_level_competence')),
    sa.UniqueConstraint('territory_id', 'level', 'topic', name=op.f('uq_level_competence_territory_id_level_topic'))
    )
    op.create_table('body',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('kind', sa.Enum('general_purpose', 'task_specific', name='body_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('territory_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.Column('remit', sa.JSON(), nullable=True),
    sa.Column('acknowledge_days', sa.Integer(), nullable=False),
    sa.Column('answer_days', sa.Integer(), nullable=False),
    sa.Column('escalate_days', sa.Integer(), nullable=False),
    sa.Column('sunset_on', sa.Date(), nullable=True),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('archived_at', sa.DateTime(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind <> 'general_purpose' OR sunset_on IS NULL", name=op.f('ck_body_sunset')),
    sa.CheckConstraint('(organisation_id IS NULL) <> (group_id IS NULL)', name=op.f('ck_body_organisation_or_group')),
    sa.CheckConstraint('acknowledge_days > 0 AND answer_days >= acknowledge_days', name=op.f('ck_body_service_standard')),
    sa.CheckConstraint('escalate_days > 0', name=op.f('ck_body_escalate_days')),
    sa.ForeignKeyConstraint(['group_id'], ['group.id'], name=op.f('fk_body_group_id_group')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_body_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['territory_id'], ['territory.id'], name=op.f('fk_body_territory_id_territory')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_body')),
    sa.UniqueConstraint('group_id', name=op.f('uq_body_group_id')),
    sa.UniqueConstraint('organisation_id', name=op.f('uq_body_organisation_id')),
    sa.UniqueConstraint('slug', name=op.f('uq_body_slug'))
    )
    with op.batch_alter_table('body', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_body_territory_id'), ['territory_id'], unique=False)

    op.create_table('competence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('body_id', sa.Integer(), nullable=False),
    sa.Column('topic', sa.Enum('housing', 'public_services', 'education', 'culture', 'jobs', 'mobility', 'health', 'environment', 'digital', 'finance', name='topic', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('strength', sa.Enum('decides', 'shares', 'carries_out', 'advises', name='strength', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('basis', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['body_id'], ['body.id'], name=op.f('fk_competence_body_id_body'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_competence')),
    sa.UniqueConstraint('body_id', 'topic', name=op.f('uq_competence_body_id_topic'))
    )
    with op.batch_alter_table('competence', schema=None) as batch_op:
        batch_op.create_index('ix_competence_topic', ['topic', 'strength'], unique=False)

    op.create_table('core',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('published_at', sa.DateTime(), nullable=False),
    sa.Column('published_by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('number > 0', name=op.f('ck_core_number')),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_core_consultation_id_consultation'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['published_by_id'], ['user.id'], name=op.f('fk_core_published_by_id_user'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_core')),
    sa.UniqueConstraint('consultation_id', 'number', name=op.f('uq_core_consultation_id_number'))
    )
    op.create_table('edition',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=False),
    sa.Column('territory_id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.Enum('invited', 'declined', 'accepted', 'withdrawn', name='edition_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('reason_language', sa.String(length=8), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=True),
    sa.Column('core_id', sa.Integer(), nullable=True),
    sa.Column('shares_results', sa.Boolean(), nullable=False),
    sa.Column('invited_at', sa.DateTime(), nullable=False),
    sa.Column('answered_at', sa.DateTime(), nullable=True),
    sa.Column('answered_by_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("state <> 'accepted' OR consultation_id IS NOT NULL", name=op.f('ck_edition_accepted_has_consultation')),
    sa.CheckConstraint('parent_id <> consultation_id', name=op.f('ck_edition_not_its_own_parent')),
    sa.ForeignKeyConstraint(['answered_by_id'], ['user.id'], name=op.f('fk_edition_answered_by_id_user'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_edition_consultation_id_consultation')),
    sa.ForeignKeyConstraint(['core_id'], ['core.id'], name=op.f('fk_edition_core_id_core')),
    sa.ForeignKeyConstraint(['group_id'], ['group.id'], name=op.f('fk_edition_group_id_group')),
    sa.ForeignKeyConstraint(['parent_id'], ['consultation.id'], name=op.f('fk_edition_parent_id_consultation')),
    sa.ForeignKeyConstraint(['territory_id'], ['territory.id'], name=op.f('fk_edition_territory_id_territory')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_edition')),
    sa.UniqueConstraint('consultation_id', name=op.f('uq_edition_consultation_id')),
    sa.UniqueConstraint('parent_id', 'territory_id', name=op.f('uq_edition_parent_id_territory_id'))
    )
    with op.batch_alter_table('edition', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_edition_group_id'), ['group_id'], unique=False)
        batch_op.create_index('ix_edition_territory', ['territory_id'], unique=False)

    op.create_table('core_answer',
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('core_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'adopted', 'refused', name='core_answer_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('answered_at', sa.DateTime(), nullable=True),
    sa.Column('answered_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['answered_by_id'], ['user.id'], name=op.f('fk_core_answer_answered_by_id_user'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['core_id'], ['core.id'], name=op.f('fk_core_answer_core_id_core'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_core_answer_edition_id_edition'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('edition_id', 'core_id', name=op.f('pk_core_answer'))
    )
    op.create_table('edition_item',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('edition_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('ballot_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['ballot_id'], ['ballot.id'], name=op.f('fk_edition_item_ballot_id_ballot')),
    sa.ForeignKeyConstraint(['edition_id'], ['edition.id'], name=op.f('fk_edition_item_edition_id_edition'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_edition_item')),
    sa.UniqueConstraint('ballot_id', name=op.f('uq_edition_item_ballot_id')),
    sa.UniqueConstraint('edition_id', 'key', name=op.f('uq_edition_item_edition_id_key'))
    )


def downgrade() -> None:
    op.drop_table('edition_item')
    op.drop_table('core_answer')
    with op.batch_alter_table('edition', schema=None) as batch_op:
        batch_op.drop_index('ix_edition_territory')
        batch_op.drop_index(batch_op.f('ix_edition_group_id'))

    op.drop_table('edition')
    op.drop_table('core')
    with op.batch_alter_table('competence', schema=None) as batch_op:
        batch_op.drop_index('ix_competence_topic')

    op.drop_table('competence')
    with op.batch_alter_table('body', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_body_territory_id'))

    op.drop_table('body')
    op.drop_table('level_competence')
    op.execute(
        "DELETE FROM link WHERE " + one_of('relation', NEW_RELATIONS) + " AND EXISTS (SELECT 1 FROM link other "
        "WHERE other.source_id = link.source_id AND other.target_id = link.target_id "
        "AND (other.id < link.id OR other.relation = 'relates_to') AND other.id <> link.id)"
    )
    op.execute("UPDATE link SET relation = 'relates_to' WHERE " + one_of('relation', NEW_RELATIONS))
    allow_relations(OLD_RELATIONS)
