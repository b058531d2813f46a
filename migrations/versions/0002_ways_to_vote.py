"""More ways to vote: what people fill in, points, seeds for lots, receipts, open votes

Going back, ballots of a kind that the older house does not know stay as approval ballots of the group's members;
their results are kept.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

OLD_METHODS = ('approval', 'budget', 'imported')
OLD_ELECTORATES = ('everyone', 'members')
ELECTORATES = ('everyone', 'members', 'delegates', 'list')
METHODS = (
    'yes_no', 'consent', 'gradients', 'multiple_choice', 'plurality', 'approval', 'score', 'majority_judgment', 'irv', 'schulze',
    'borda', 'stv', 'spav', 'phragmen', 'budget', 'dots', 'quadratic', 'imported',
)
VOTE_TYPES = ('approval', 'choose-1', 'ordinal', 'cumulative', 'scoring')

NEW_CHECKS = {
    'ck_ballot_max_proxies': 'max_proxies >= 0',
    'ck_ballot_points_each': 'points_each IS NULL OR points_each > 0',
    'ck_ballot_least_support': 'least_support IS NULL OR least_support > 0',
}


def one_of(column: str, values: Sequence[str]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


NEW_COLUMNS = (
    sa.Column('vote_type', sa.String(length=32), nullable=False, server_default='approval'),
    sa.Column('points_each', sa.Integer(), nullable=True),
    sa.Column('least_support', sa.Integer(), nullable=True),
    sa.Column('one_per_category', sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.Column('secret', sa.Boolean(), nullable=False, server_default=sa.true()),
    sa.Column('conditions', sa.JSON(), nullable=True),
    sa.Column('checks', sa.JSON(), nullable=True),
    sa.Column('entitled', sa.Integer(), nullable=True),
    sa.Column('roll_salt', sa.String(length=32), nullable=False, server_default=''),
    sa.Column('roll_checksum', sa.String(length=64), nullable=True),
    sa.Column('paper', sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.Column('paper_count', sa.Integer(), nullable=False, server_default='0'),
    sa.Column('max_proxies', sa.Integer(), nullable=False, server_default='0'),
    sa.Column('reminded_at', sa.DateTime(), nullable=True),
    sa.Column('standing_objections', sa.Integer(), nullable=True),
    sa.Column('seed', sa.String(length=64), nullable=True),
    sa.Column('seed_commitment', sa.String(length=64), nullable=True),
    sa.Column('root', sa.String(length=64), nullable=True),
    sa.Column('checkpoint', sa.Text(), nullable=True),
    sa.Column('verifier_key', sa.String(length=200), nullable=True),
)


def upgrade() -> None:
    new = {
        'ck_ballot_method': one_of('method', METHODS),
        'ck_ballot_electorate': one_of('electorate', ELECTORATES),
        'ck_ballot_vote_type': one_of('vote_type', VOTE_TYPES),
        **NEW_CHECKS,
    }
    with op.batch_alter_table('ballot') as batch_op:
        for column in NEW_COLUMNS:
            batch_op.add_column(column._copy())
        for name in ('ck_ballot_method', 'ck_ballot_electorate'):
            batch_op.drop_constraint(batch_op.f(name), type_='check')
        for name, rule in new.items():
            batch_op.create_check_constraint(batch_op.f(name), sa.text(rule))
    with op.batch_alter_table('ballot') as batch_op:
        for name in ('vote_type', 'one_per_category', 'secret', 'roll_salt', 'max_proxies', 'paper', 'paper_count'):
            batch_op.alter_column(name, server_default=None)
    op.create_table(
        'elector',
        sa.Column('ballot_id', sa.Integer(), nullable=False),
        sa.Column('key', sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ['ballot_id'], ['ballot.id'], name=op.f('fk_elector_ballot_id_ballot'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('ballot_id', 'key', name=op.f('pk_elector')),
    )
    op.create_table(
        'ballot_receipt',
        sa.Column('ballot_id', sa.Integer(), nullable=False),
        sa.Column('code', sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ['ballot_id'], ['ballot.id'], name=op.f('fk_ballot_receipt_ballot_id_ballot'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('ballot_id', 'code', name=op.f('pk_ballot_receipt')),
    )
    op.create_table(
        'paper_batch',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('ballot_id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=80), nullable=False),
        sa.Column('state', sa.String(length=32), nullable=False),
        sa.Column('first_by_id', sa.Integer(), nullable=True),
        sa.Column('second_by_id', sa.Integer(), nullable=True),
        sa.Column('created_at', sa.DateTime(), nullable=False),
        sa.CheckConstraint(one_of('state', ('once', 'differs', 'agreed')), name=op.f('ck_paper_batch_state')),
        sa.ForeignKeyConstraint(
            ['ballot_id'], ['ballot.id'], name=op.f('fk_paper_batch_ballot_id_ballot'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['first_by_id'], ['user.id'], name=op.f('fk_paper_batch_first_by_id_user'), ondelete='SET NULL'
        ),
        sa.ForeignKeyConstraint(
            ['second_by_id'], ['user.id'], name=op.f('fk_paper_batch_second_by_id_user'), ondelete='SET NULL'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_paper_batch')),
        sa.UniqueConstraint('ballot_id', 'name', name=op.f('uq_paper_batch_ballot_id_name')),
    )
    with op.batch_alter_table('paper_batch') as batch_op:
        batch_op.create_index(batch_op.f('ix_paper_batch_first_by_id'), ['first_by_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_paper_batch_second_by_id'), ['second_by_id'], unique=False)
    op.create_table(
        'paper_sheet',
        sa.Column('batch_id', sa.Integer(), nullable=False),
        sa.Column('entry', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('line', sa.Text(), nullable=False),
        sa.CheckConstraint('entry BETWEEN 1 AND 3', name=op.f('ck_paper_sheet_entry')),
        sa.ForeignKeyConstraint(
            ['batch_id'], ['paper_batch.id'], name=op.f('fk_paper_sheet_batch_id_paper_batch'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('batch_id', 'entry', 'number', name=op.f('pk_paper_sheet')),
    )
    op.create_table(
        'proxy',
        sa.Column('ballot_id', sa.Integer(), nullable=False),
        sa.Column('giver_id', sa.Integer(), nullable=False),
        sa.Column('holder_id', sa.Integer(), nullable=False),
        sa.CheckConstraint('giver_id <> holder_id', name=op.f('ck_proxy_not_oneself')),
        sa.ForeignKeyConstraint(
            ['ballot_id'], ['ballot.id'], name=op.f('fk_proxy_ballot_id_ballot'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(['giver_id'], ['user.id'], name=op.f('fk_proxy_giver_id_user'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(
            ['holder_id'], ['user.id'], name=op.f('fk_proxy_holder_id_user'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('ballot_id', 'giver_id', name=op.f('pk_proxy')),
    )
    with op.batch_alter_table('proxy') as batch_op:
        batch_op.create_index(batch_op.f('ix_proxy_giver_id'), ['giver_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_proxy_holder_id'), ['holder_id'], unique=False)
    op.create_table(
        'objection',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('ballot_id', sa.Integer(), nullable=False),
        sa.Column('user_id', sa.Integer(), nullable=True),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('language', sa.String(length=8), nullable=False),
        sa.Column('state', sa.String(length=32), nullable=False),
        sa.Column('answer', sa.Text(), nullable=False),
        sa.Column('answered_by_id', sa.Integer(), nullable=True),
        sa.Column('created_at', sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            one_of('state', ('standing', 'withdrawn', 'resolved', 'overruled')), name=op.f('ck_objection_state')
        ),
        sa.ForeignKeyConstraint(
            ['answered_by_id'], ['user.id'], name=op.f('fk_objection_answered_by_id_user'), ondelete='SET NULL'
        ),
        sa.ForeignKeyConstraint(
            ['ballot_id'], ['ballot.id'], name=op.f('fk_objection_ballot_id_ballot'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['user_id'], ['user.id'], name=op.f('fk_objection_user_id_user'), ondelete='SET NULL'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_objection')),
        sa.UniqueConstraint('ballot_id', 'user_id', name=op.f('uq_objection_ballot_id_user_id')),
    )
    with op.batch_alter_table('objection') as batch_op:
        batch_op.create_index(batch_op.f('ix_objection_user_id'), ['user_id'], unique=False)
    with op.batch_alter_table('voter') as batch_op:
        batch_op.add_column(sa.Column('receipt', sa.String(length=32), nullable=True))
        for name in ('organisation', 'territory'):
            batch_op.add_column(sa.Column(f'{name}_id', sa.Integer(), nullable=True))
            batch_op.create_foreign_key(
                batch_op.f(f'fk_voter_{name}_id_{name}'), name, [f'{name}_id'], ['id'], ondelete='SET NULL'
            )
    with op.batch_alter_table('vote') as batch_op:
        batch_op.add_column(sa.Column('user_id', sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f('ix_vote_user_id'), ['user_id'], unique=False)
        batch_op.create_foreign_key(
            batch_op.f('fk_vote_user_id_user'), 'user', ['user_id'], ['id'], ondelete='SET NULL'
        )


def downgrade() -> None:
    with op.batch_alter_table('vote') as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_vote_user_id_user'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_vote_user_id'))
        batch_op.drop_column('user_id')
    op.drop_table('paper_sheet')
    op.drop_table('paper_batch')
    op.drop_table('proxy')
    op.drop_table('objection')
    op.drop_table('ballot_receipt')
    op.drop_table('elector')
    with op.batch_alter_table('voter') as batch_op:
        for name in ('organisation', 'territory'):
            batch_op.drop_constraint(batch_op.f(f'fk_voter_{name}_id_{name}'), type_='foreignkey')
            batch_op.drop_column(f'{name}_id')
        batch_op.drop_column('receipt')
    ballot = sa.table('ballot', sa.column('method', sa.String), sa.column('electorate', sa.String))
    op.execute(ballot.update().where(ballot.c.method.not_in(OLD_METHODS)).values(method='approval'))
    op.execute(ballot.update().where(ballot.c.electorate.not_in(OLD_ELECTORATES)).values(electorate='members'))
    old = {
        'ck_ballot_method': one_of('method', OLD_METHODS),
        'ck_ballot_electorate': one_of('electorate', OLD_ELECTORATES),
    }
    with op.batch_alter_table('ballot') as batch_op:
        for name in (*old, 'ck_ballot_vote_type', *NEW_CHECKS):
            batch_op.drop_constraint(batch_op.f(name), type_='check')
        for name, rule in old.items():
            batch_op.create_check_constraint(batch_op.f(name), sa.text(rule))
        for column in NEW_COLUMNS:
            batch_op.drop_column(column.name)
