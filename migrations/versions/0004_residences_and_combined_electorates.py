"""Verified residents, electorates put together from several sources, and a roll that knows who votes on paper

Going back, votes for residents, or for several sources, stay as votes of the group's members; who is verified, and who was
crossed off the roll, is forgotten.
"""

import hashlib
from itertools import combinations

import sqlalchemy as sa
from alembic import op


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

OLD_ELECTORATES = ('everyone', 'members', 'delegates', 'list')
SOURCES = ('members', 'residents', 'delegates', 'list')
ELECTORATES = (
    'everyone',
    *SOURCES,
    *(sign.join(chosen) for number in (2, 3, 4) for chosen in combinations(SOURCES, number) for sign in '|&'),
)


def one_of(column, values):
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def allow_electorates(values):
    with op.batch_alter_table('ballot') as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_ballot_electorate'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_ballot_electorate'), sa.text(one_of('electorate', values)))


ballot = sa.table(
    'ballot', sa.column('id', sa.Integer), sa.column('electorate', sa.String), sa.column('roll_salt', sa.String),
    sa.column('closed_at', sa.DateTime), sa.column('opened_at', sa.DateTime),
)
elector = sa.table(
    'elector', sa.column('ballot_id', sa.Integer), sa.column('key', sa.String), sa.column('user_id', sa.Integer),
    sa.column('listed', sa.Boolean), sa.column('way', sa.String),
)
voter = sa.table('voter', sa.column('ballot_id', sa.Integer), sa.column('user_id', sa.Integer))
proxy = sa.table(
    'proxy', sa.column('ballot_id', sa.Integer), sa.column('giver_id', sa.Integer), sa.column('fate', sa.String)
)
user = sa.table('user', sa.column('id', sa.Integer), sa.column('email_key', sa.String))


def fill_in_rolls(connection):
    """What running votes know of those on their roll; what became of proxies in counted ones."""
    lists = sa.select(ballot.c.id).where(ballot.c.electorate == 'list')
    op.execute(elector.update().where(elector.c.ballot_id.in_(lists)).values(listed=sa.true()))
    running = sa.select(ballot.c.id, ballot.c.electorate, ballot.c.roll_salt).where(
        ballot.c.opened_at.is_not(None), ballot.c.closed_at.is_(None), ballot.c.electorate != 'everyone'
    )
    for ballot_id, electorate, salt in connection.execute(running).all():
        voted = set(connection.scalars(sa.select(voter.c.user_id).where(voter.c.ballot_id == ballot_id)))
        for user_id, email_key in connection.execute(sa.select(user.c.id, user.c.email_key)).all():
            name = f'mail:{email_key}' if electorate == 'list' else f'user:{user_id}'
            key = hashlib.sha256(f'{salt}\n{name}'.encode()).hexdigest()
            if electorate == 'list' and user_id not in voted:
                continue
            known = elector.update().where(elector.c.ballot_id == ballot_id, elector.c.key == key)
            connection.execute(known.values(user_id=user_id, way='online' if user_id in voted else None))
    counted = proxy.c.ballot_id.in_(sa.select(ballot.c.id).where(ballot.c.closed_at.is_not(None)))
    by_proxy = sa.exists().where(voter.c.ballot_id == proxy.c.ballot_id, voter.c.user_id == proxy.c.giver_id)
    op.execute(proxy.update().where(counted, by_proxy).values(fate='used'))
    op.execute(proxy.update().where(counted, proxy.c.fate.is_(None)).values(fate='lapsed'))


def upgrade() -> None:
    op.create_table('residence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('territory_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('asked', 'confirmed', 'refused', 'withdrawn', 'revoked', 'replaced', name='residence_state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('asked_at', sa.DateTime(), nullable=False),
    sa.Column('evidence', sa.Enum('desk', 'document', 'letter', 'register', name='evidence', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('answered_at', sa.DateTime(), nullable=True),
    sa.Column('answered_by_id', sa.Integer(), nullable=True),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('reminded_at', sa.DateTime(), nullable=True),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.CheckConstraint("state <> 'confirmed' OR evidence IS NOT NULL", name=op.f('ck_residence_confirmed_has_evidence')),
    sa.CheckConstraint("state NOT IN ('refused', 'revoked') OR reason <> ''", name=op.f('ck_residence_refused_has_reason')),
    sa.ForeignKeyConstraint(['answered_by_id'], ['user.id'], name=op.f('fk_residence_answered_by_id_user'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['territory_id'], ['territory.id'], name=op.f('fk_residence_territory_id_territory'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_residence_user_id_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_residence'))
    )
    with op.batch_alter_table('residence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_residence_answered_by_id'), ['answered_by_id'], unique=False)
        batch_op.create_index('ix_residence_ended', ['ended_at'], unique=False)
        batch_op.create_index('ix_residence_one_asked', ['user_id'], unique=True, sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))
        batch_op.create_index('ix_residence_one_confirmed', ['user_id'], unique=True, sqlite_where=sa.text("state = 'confirmed'"), postgresql_where=sa.text("state = 'confirmed'"))
        batch_op.create_index('ix_residence_place', ['territory_id', 'state'], unique=False)
        batch_op.create_index(batch_op.f('ix_residence_user_id'), ['user_id'], unique=False)

    with op.batch_alter_table('ballot') as batch_op:
        batch_op.add_column(sa.Column('crossed_off', sa.Integer(), nullable=True))
    allow_electorates(ELECTORATES)
    with op.batch_alter_table('elector') as batch_op:
        batch_op.add_column(sa.Column('user_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('listed', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('way', sa.String(length=32), nullable=True))
        batch_op.create_check_constraint(batch_op.f('ck_elector_way'), sa.text(one_of('way', ('online', 'paper'))))
        batch_op.create_foreign_key(batch_op.f('fk_elector_user_id_user'), 'user', ['user_id'], ['id'], ondelete='SET NULL')
        batch_op.create_index(batch_op.f('ix_elector_user_id'), ['user_id'], unique=False)
    with op.batch_alter_table('elector') as batch_op:
        batch_op.alter_column('listed', server_default=None)
    with op.batch_alter_table('proxy') as batch_op:
        batch_op.add_column(sa.Column('fate', sa.String(length=32), nullable=True))
        batch_op.create_check_constraint(
            batch_op.f('ck_proxy_proxy_fate'), sa.text(one_of('fate', ('used', 'voted', 'paper', 'lapsed', 'barred')))
        )
    fill_in_rolls(op.get_bind())
    op.create_table('crossing',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ballot_id', sa.Integer(), nullable=False),
    sa.Column('elector_key', sa.String(length=64), nullable=False),
    sa.Column('crossed_at', sa.DateTime(), nullable=False),
    sa.Column('crossed_by_id', sa.Integer(), nullable=True),
    sa.Column('undone_at', sa.DateTime(), nullable=True),
    sa.Column('undone_by_id', sa.Integer(), nullable=True),
    sa.Column('undone_reason', sa.Text(), nullable=False),
    sa.CheckConstraint("undone_at IS NULL OR undone_reason <> ''", name=op.f('ck_crossing_undone_has_reason')),
    sa.ForeignKeyConstraint(['ballot_id', 'elector_key'], ['elector.ballot_id', 'elector.key'], name=op.f('fk_crossing_ballot_id_elector_key_elector'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['ballot_id'], ['ballot.id'], name=op.f('fk_crossing_ballot_id_ballot'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['crossed_by_id'], ['user.id'], name=op.f('fk_crossing_crossed_by_id_user'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['undone_by_id'], ['user.id'], name=op.f('fk_crossing_undone_by_id_user'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crossing'))
    )
    with op.batch_alter_table('crossing', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_crossing_crossed_by_id'), ['crossed_by_id'], unique=False)
        batch_op.create_index('ix_crossing_elector', ['ballot_id', 'elector_key'], unique=False)
        batch_op.create_index(batch_op.f('ix_crossing_undone_by_id'), ['undone_by_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('crossing', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_crossing_undone_by_id'))
        batch_op.drop_index('ix_crossing_elector')
        batch_op.drop_index(batch_op.f('ix_crossing_crossed_by_id'))

    op.drop_table('crossing')
    op.execute(proxy.delete().where(proxy.c.fate.in_(('voted', 'paper'))))
    with op.batch_alter_table('proxy') as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_proxy_proxy_fate'), type_='check')
        batch_op.drop_column('fate')
    with op.batch_alter_table('elector') as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_elector_user_id_user'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('ck_elector_way'), type_='check')
        batch_op.drop_index(batch_op.f('ix_elector_user_id'))
        batch_op.drop_column('way')
        batch_op.drop_column('listed')
        batch_op.drop_column('user_id')
    op.execute(ballot.update().where(ballot.c.electorate.not_in(OLD_ELECTORATES)).values(electorate='members'))
    allow_electorates(OLD_ELECTORATES)
    with op.batch_alter_table('ballot') as batch_op:
        batch_op.drop_column('crossed_off')
    with op.batch_alter_table('residence', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_residence_user_id'))
        batch_op.drop_index('ix_residence_place')
        batch_op.drop_index('ix_residence_one_confirmed', sqlite_where=sa.text("state = 'confirmed'"), postgresql_where=sa.text("state = 'confirmed'"))
        batch_op.drop_index('ix_residence_one_asked', sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))
        batch_op.drop_index('ix_residence_ended')
        batch_op.drop_index(batch_op.f('ix_residence_answered_by_id'))

    op.drop_table('residence')
