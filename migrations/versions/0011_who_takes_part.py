"""Who takes part: shares to reach, and what people tell about themselves of their own accord"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('self_description',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('age_band', sa.Enum('under_18', '18_24', '25_34', '35_49', '50_64', '65_plus', name='age_band', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('gender', sa.Enum('woman', 'man', 'other', name='gender', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('newcomer', sa.Boolean(), nullable=True),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.CheckConstraint('age_band IS NOT NULL OR gender IS NOT NULL OR newcomer IS NOT NULL', name=op.f('ck_self_description_tells_something')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_self_description_user_id_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_self_description'))
    )
    op.create_table('representation_target',
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('sector', sa.Enum('academia', 'administration', 'business', 'civil_society', 'citizen', name='sector', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('share', sa.Integer(), nullable=False),
    sa.CheckConstraint('share > 0 AND share <= 100', name=op.f('ck_representation_target_share')),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_representation_target_consultation_id_consultation'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('consultation_id', 'sector', name=op.f('pk_representation_target'))
    )


def downgrade() -> None:
    op.drop_table('representation_target')
    op.drop_table('self_description')
