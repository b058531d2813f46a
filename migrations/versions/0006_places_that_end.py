"""Places that move, merge or end on a day keep their history; the tree guards itself against cycles

Going back, places that were merged or dissolved exist again, where they hang by then.
"""

import sqlalchemy as sa
from alembic import op


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

RULES = {
    'ck_territory_not_its_own_parent': 'parent_id <> id',
    'ck_territory_not_its_own_successor': 'successor_id <> id',
    'ck_territory_successor': 'successor_id IS NULL OR dissolved_on IS NOT NULL',
    'ck_territory_path': "path = '/' OR path LIKE '%/' || CAST(id AS VARCHAR(20)) || '/'",
}

# Whoever writes to the table, in whatever way: a place never comes to hang below itself.
GUARD = {
    'sqlite': (
        "CREATE TRIGGER territory_no_cycle BEFORE UPDATE OF parent_id ON territory "
        "WHEN EXISTS (SELECT 1 FROM territory above WHERE above.id = new.parent_id "
        "AND instr(above.path, '/' || new.id || '/') > 0) "
        "BEGIN SELECT RAISE(ABORT, 'a place cannot lie below itself'); END",
    ),
    'postgresql': (
        "CREATE FUNCTION territory_no_cycle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF EXISTS (SELECT 1 FROM territory above WHERE above.id = new.parent_id "
        "AND strpos(above.path, '/' || new.id || '/') > 0) THEN "
        "RAISE EXCEPTION 'a place cannot lie below itself' USING ERRCODE = 'check_violation'; "
        "END IF; RETURN new; END $$",
        "CREATE TRIGGER territory_no_cycle BEFORE UPDATE OF parent_id ON territory "
        "FOR EACH ROW EXECUTE FUNCTION territory_no_cycle()",
    ),
}
NO_GUARD = {
    'sqlite': ('DROP TRIGGER territory_no_cycle',),
    'postgresql': ('DROP TRIGGER territory_no_cycle ON territory', 'DROP FUNCTION territory_no_cycle()'),
}


def upgrade() -> None:
    op.create_table('territory_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('territory_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('moved', 'merged', 'dissolved', name='change_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('from_parent_id', sa.Integer(), nullable=True),
    sa.Column('into_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('reason_language', sa.String(length=8), nullable=False),
    sa.Column('planned_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('carried_out_at', sa.DateTime(), nullable=True),
    sa.Column('called_off_at', sa.DateTime(), nullable=True),
    sa.Column('obstacle', sa.Text(), nullable=False),
    sa.CheckConstraint("kind = 'dissolved' OR into_id IS NOT NULL", name=op.f('ck_territory_change_into')),
    sa.CheckConstraint('carried_out_at IS NULL OR called_off_at IS NULL', name=op.f('ck_territory_change_done_or_called_off')),
    sa.CheckConstraint('into_id <> territory_id', name=op.f('ck_territory_change_into_another')),
    sa.ForeignKeyConstraint(['from_parent_id'], ['territory.id'], name=op.f('fk_territory_change_from_parent_id_territory'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['into_id'], ['territory.id'], name=op.f('fk_territory_change_into_id_territory'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['planned_by_id'], ['user.id'], name=op.f('fk_territory_change_planned_by_id_user'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['territory_id'], ['territory.id'], name=op.f('fk_territory_change_territory_id_territory'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_territory_change'))
    )
    with op.batch_alter_table('territory_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_territory_change_into_id'), ['into_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_territory_change_territory_id'), ['territory_id'], unique=False)
        batch_op.create_index('uq_territory_change_waiting', ['territory_id'], unique=True, sqlite_where=sa.text('carried_out_at IS NULL AND called_off_at IS NULL'), postgresql_where=sa.text('carried_out_at IS NULL AND called_off_at IS NULL'))

    op.create_table('territory_change_successor',
    sa.Column('change_id', sa.Integer(), nullable=False),
    sa.Column('territory_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['change_id'], ['territory_change.id'], name=op.f('fk_territory_change_successor_change_id_territory_change'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['territory_id'], ['territory.id'], name=op.f('fk_territory_change_successor_territory_id_territory'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('change_id', 'territory_id', name=op.f('pk_territory_change_successor'))
    )
    with op.batch_alter_table('territory_change_successor', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_territory_change_successor_territory_id'), ['territory_id'], unique=False)

    with op.batch_alter_table('body', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sunset_told_at', sa.DateTime(), nullable=True))

    with op.batch_alter_table('competence', schema=None) as batch_op:
        batch_op.add_column(sa.Column('basis_language', sa.String(length=8), nullable=False, server_default='en'))
    with op.batch_alter_table('competence', schema=None) as batch_op:
        batch_op.alter_column('basis_language', existing_type=sa.String(length=8), server_default=None)

    with op.batch_alter_table('level_competence', schema=None) as batch_op:
        batch_op.add_column(sa.Column('basis_language', sa.String(length=8), nullable=False, server_default='en'))
    with op.batch_alter_table('level_competence', schema=None) as batch_op:
        batch_op.alter_column('basis_language', existing_type=sa.String(length=8), server_default=None)

    with op.batch_alter_table('territory', schema=None) as batch_op:
        batch_op.add_column(sa.Column('dissolved_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('successor_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_territory_successor_id'), ['successor_id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_territory_successor_id_territory'), 'territory', ['successor_id'], ['id'])
        for name, rule in RULES.items():
            batch_op.create_check_constraint(batch_op.f(name), sa.text(rule))

    for statement in GUARD[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    for statement in NO_GUARD[op.get_bind().dialect.name]:
        op.execute(statement)
    with op.batch_alter_table('territory', schema=None) as batch_op:
        for name in RULES:
            batch_op.drop_constraint(batch_op.f(name), type_='check')
        batch_op.drop_constraint(batch_op.f('fk_territory_successor_id_territory'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_territory_successor_id'))
        batch_op.drop_column('successor_id')
        batch_op.drop_column('dissolved_on')

    with op.batch_alter_table('level_competence', schema=None) as batch_op:
        batch_op.drop_column('basis_language')

    with op.batch_alter_table('competence', schema=None) as batch_op:
        batch_op.drop_column('basis_language')

    with op.batch_alter_table('body', schema=None) as batch_op:
        batch_op.drop_column('sunset_told_at')

    with op.batch_alter_table('territory_change_successor', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_territory_change_successor_territory_id'))

    op.drop_table('territory_change_successor')
    with op.batch_alter_table('territory_change', schema=None) as batch_op:
        batch_op.drop_index('uq_territory_change_waiting', sqlite_where=sa.text('carried_out_at IS NULL AND called_off_at IS NULL'), postgresql_where=sa.text('carried_out_at IS NULL AND called_off_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_territory_change_territory_id'))
        batch_op.drop_index(batch_op.f('ix_territory_change_into_id'))

    op.drop_table('territory_change')