"""The house as it is first lived in"""

import sqlalchemy as sa
from alembic import op


revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('ended_session',
    sa.Column('key_hash', sa.String(length=64), nullable=False),
    sa.Column('ended_at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('key_hash', name=op.f('pk_ended_session'))
    )
    with op.batch_alter_table('ended_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ended_session_ended_at'), ['ended_at'], unique=False)

    op.create_table('idempotency_key',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('actor_key', sa.String(length=64), nullable=False),
    sa.Column('location', sa.String(length=2000), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_idempotency_key'))
    )
    with op.batch_alter_table('idempotency_key', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_idempotency_key_created_at'), ['created_at'], unique=False)

    op.create_table('installation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('contact', sa.String(length=254), nullable=True),
    sa.Column('setup_token_hash', sa.String(length=64), nullable=True),
    sa.Column('setup_at', sa.DateTime(), nullable=True),
    sa.Column('demo_loaded_at', sa.DateTime(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_installation_only_one')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_installation'))
    )
    op.create_table('outgoing_mail',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('message_id', sa.String(length=120), nullable=False),
    sa.Column('recipient', sa.String(length=254), nullable=False),
    sa.Column('subject', sa.String(length=300), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=True),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('next_try_at', sa.DateTime(), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('sent_at', sa.DateTime(), nullable=True),
    sa.Column('last_error', sa.String(length=300), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outgoing_mail')),
    sa.UniqueConstraint('message_id', name=op.f('uq_outgoing_mail_message_id'))
    )
    with op.batch_alter_table('outgoing_mail', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_outgoing_mail_created_at'), ['created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_outgoing_mail_next_try_at'), ['next_try_at'], unique=False)

    op.create_table('pending_contribution',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=60), nullable=False),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=True),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('expires_at', sa.DateTime(), nullable=False),
    sa.Column('used_at', sa.DateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pending_contribution')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_pending_contribution_token_hash'))
    )
    with op.batch_alter_table('pending_contribution', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pending_contribution_created_at'), ['created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_pending_contribution_expires_at'), ['expires_at'], unique=False)

    op.create_table('security_role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_security_role')),
    sa.UniqueConstraint('name', name=op.f('uq_security_role_name'))
    )
    op.create_table('territory',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('path', sa.String(length=255).with_variant(sa.String(length=255, collation='C'), 'postgresql'), nullable=False),
    sa.Column('level', sa.Enum('transnational', 'national', 'regional', 'local', name='level', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('code', sa.String(length=8), nullable=False),
    sa.Column('name', sa.JSON(), nullable=False),
    sa.Column('description', sa.JSON(), nullable=True),
    sa.Column('country', sa.String(length=2), nullable=True),
    sa.Column('timezone', sa.String(length=60), nullable=False),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.Column('population', sa.Integer(), nullable=True),
    sa.Column('default_language', sa.String(length=8), nullable=False),
    sa.Column('languages', sa.JSON(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('latitude IS NULL OR (latitude >= -90 AND latitude <= 90)', name=op.f('ck_territory_latitude')),
    sa.CheckConstraint('longitude IS NULL OR (longitude >= -180 AND longitude <= 180)', name=op.f('ck_territory_longitude')),
    sa.CheckConstraint('population IS NULL OR population >= 0', name=op.f('ck_territory_population')),
    sa.ForeignKeyConstraint(['parent_id'], ['territory.id'], name=op.f('fk_territory_parent_id_territory')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_territory')),
    sa.UniqueConstraint('code', name=op.f('uq_territory_code')),
    sa.UniqueConstraint('slug', name=op.f('uq_territory_slug'))
    )
    with op.batch_alter_table('territory', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_territory_level'), ['level'], unique=False)
        batch_op.create_index(batch_op.f('ix_territory_parent_id'), ['parent_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_territory_path'), ['path'], unique=False)

    op.create_table('group',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('territory_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('local_stakeholder_group', 'steering_committee', 'thematic_group', 'public_body', name='group_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('name', sa.JSON(), nullable=False),
    sa.Column('purpose_text', sa.Text(), nullable=False),
    sa.Column('purpose_html', sa.Text(), nullable=False),
    sa.Column('purpose_language', sa.String(length=8), nullable=False),
    sa.Column('open_to_join', sa.Boolean(), nullable=False),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('archived_at', sa.DateTime(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['territory_id'], ['territory.id'], name=op.f('fk_group_territory_id_territory')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_group')),
    sa.UniqueConstraint('slug', name=op.f('uq_group_slug'))
    )
    with op.batch_alter_table('group', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_group_territory_id'), ['territory_id'], unique=False)

    op.create_table('organisation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('name', sa.String(length=160), nullable=False),
    sa.Column('name_language', sa.String(length=8), nullable=False),
    sa.Column('sector', sa.Enum('academia', 'administration', 'business', 'civil_society', 'citizen', name='sector', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('territory_id', sa.Integer(), nullable=False),
    sa.Column('description_text', sa.Text(), nullable=False),
    sa.Column('description_html', sa.Text(), nullable=False),
    sa.Column('website', sa.String(length=300), nullable=True),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('archived_at', sa.DateTime(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("sector <> 'citizen'", name=op.f('ck_organisation_one_of_the_four_sectors')),
    sa.ForeignKeyConstraint(['territory_id'], ['territory.id'], name=op.f('fk_organisation_territory_id_territory')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organisation')),
    sa.UniqueConstraint('slug', name=op.f('uq_organisation_slug'))
    )
    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_organisation_sector'), ['sector'], unique=False)
        batch_op.create_index(batch_op.f('ix_organisation_territory_id'), ['territory_id'], unique=False)

    op.create_table('reference_counter',
    sa.Column('territory_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('letter', sa.String(length=2), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['territory_id'], ['territory.id'], name=op.f('fk_reference_counter_territory_id_territory'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('territory_id', 'year', 'letter', name=op.f('pk_reference_counter'))
    )
    op.create_table('territory_slug',
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('territory_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['territory_id'], ['territory.id'], name=op.f('fk_territory_slug_territory_id_territory'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('slug', name=op.f('pk_territory_slug'))
    )
    with op.batch_alter_table('territory_slug', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_territory_slug_territory_id'), ['territory_id'], unique=False)

    op.create_table('user',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('email_key', sa.String(length=254), nullable=False),
    sa.Column('password', sa.String(length=255), nullable=True),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(), nullable=True),
    sa.Column('fs_uniquifier', sa.String(length=64), nullable=False),
    sa.Column('us_totp_secrets', sa.Text(), nullable=True),
    sa.Column('us_phone_number', sa.String(length=32), nullable=True),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('home_territory_id', sa.Integer(), nullable=True),
    sa.Column('sector', sa.Enum('academia', 'administration', 'business', 'civil_society', 'citizen', name='sector', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('preferences', sa.JSON(), nullable=False),
    sa.Column('mail_frequency', sa.String(length=16), nullable=False),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('erased_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['home_territory_id'], ['territory.id'], name=op.f('fk_user_home_territory_id_territory'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user')),
    sa.UniqueConstraint('email', name=op.f('uq_user_email')),
    sa.UniqueConstraint('email_key', name=op.f('uq_user_email_key')),
    sa.UniqueConstraint('fs_uniquifier', name=op.f('uq_user_fs_uniquifier'))
    )
    with op.batch_alter_table('user', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_user_home_territory_id'), ['home_territory_id'], unique=False)

    op.create_table('audit_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('event', sa.String(length=80), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('subject_kind', sa.String(length=40), nullable=True),
    sa.Column('subject_id', sa.Integer(), nullable=True),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['user.id'], name=op.f('fk_audit_entry_actor_id_user'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry'))
    )
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_entry_actor_id'), ['actor_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_entry_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_entry_event'), ['event'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_entry_subject_id'), ['subject_id'], unique=False)

    op.create_table('group_organisation',
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['group_id'], ['group.id'], name=op.f('fk_group_organisation_group_id_group'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_group_organisation_organisation_id_organisation'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('group_id', 'organisation_id', name=op.f('pk_group_organisation'))
    )
    with op.batch_alter_table('group_organisation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_group_organisation_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('invitation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=True),
    sa.Column('email_key', sa.String(length=254), nullable=True),
    sa.Column('name', sa.String(length=80), nullable=True),
    sa.Column('role', sa.Enum('admin', 'coordinator', 'moderator', 'member', 'observer', name='role', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('sector', sa.Enum('academia', 'administration', 'business', 'civil_society', 'citizen', name='sector', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('expires_at', sa.DateTime(), nullable=False),
    sa.Column('used_at', sa.DateTime(), nullable=True),
    sa.Column('revoked_at', sa.DateTime(), nullable=True),
    sa.Column('uses', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['created_by_id'], ['user.id'], name=op.f('fk_invitation_created_by_id_user'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['group_id'], ['group.id'], name=op.f('fk_invitation_group_id_group'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitation')),
    sa.UniqueConstraint('group_id', 'email_key', name=op.f('uq_invitation_group_id_email_key')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_invitation_token_hash'))
    )
    op.create_table('mandate',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.String(length=120), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('revoked_at', sa.DateTime(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.CheckConstraint('ends_on IS NULL OR ends_on >= starts_on', name=op.f('ck_mandate_ends_after_start')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_mandate_organisation_id_organisation'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_mandate_user_id_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mandate'))
    )
    with op.batch_alter_table('mandate', schema=None) as batch_op:
        batch_op.create_index('ix_mandate_organisation', ['organisation_id'], unique=False)
        batch_op.create_index('ix_mandate_user', ['user_id'], unique=False)

    op.create_table('record',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('reference', sa.String(length=40), nullable=False),
    sa.Column('slug', sa.String(length=120), nullable=True),
    sa.Column('title', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=24), nullable=False),
    sa.Column('territory_id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.Column('context_id', sa.Integer(), nullable=True),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('speaking_for_id', sa.Integer(), nullable=True),
    sa.Column('source_language', sa.String(length=8), nullable=False),
    sa.Column('visibility', sa.Enum('public', 'members', 'private', name='visibility', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('moderation', sa.Enum('visible', 'hidden', name='moderation', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('moderation_reason', sa.String(length=500), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(), nullable=True),
    sa.Column('support_count', sa.Integer(), nullable=False),
    sa.Column('comment_count', sa.Integer(), nullable=False),
    sa.Column('follow_count', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('support_count >= 0 AND comment_count >= 0 AND follow_count >= 0', name=op.f('ck_record_counters')),
    sa.ForeignKeyConstraint(['author_id'], ['user.id'], name=op.f('fk_record_author_id_user'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['context_id'], ['record.id'], name=op.f('fk_record_context_id_record')),
    sa.ForeignKeyConstraint(['group_id'], ['group.id'], name=op.f('fk_record_group_id_group')),
    sa.ForeignKeyConstraint(['speaking_for_id'], ['organisation.id'], name=op.f('fk_record_speaking_for_id_organisation')),
    sa.ForeignKeyConstraint(['territory_id'], ['territory.id'], name=op.f('fk_record_territory_id_territory')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_record')),
    sa.UniqueConstraint('kind', 'slug', name=op.f('uq_record_kind_slug')),
    sa.UniqueConstraint('reference', name=op.f('uq_record_reference'))
    )
    with op.batch_alter_table('record', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_record_author_id'), ['author_id'], unique=False)
        batch_op.create_index('ix_record_context_kind_state', ['context_id', 'kind', 'state'], unique=False)
        batch_op.create_index(batch_op.f('ix_record_group_id'), ['group_id'], unique=False)
        batch_op.create_index('ix_record_hidden', ['id'], unique=False, sqlite_where=sa.text("moderation = 'hidden'"), postgresql_where=sa.text("moderation = 'hidden'"))
        batch_op.create_index('ix_record_kind_visibility_created', ['kind', 'visibility', 'created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_record_speaking_for_id'), ['speaking_for_id'], unique=False)
        batch_op.create_index('ix_record_territory_kind_state', ['territory_id', 'kind', 'state'], unique=False)

    op.create_table('role_grant',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('admin', 'coordinator', 'moderator', 'member', 'observer', name='role', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('territory_id', sa.Integer(), nullable=True),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.Column('sector', sa.Enum('academia', 'administration', 'business', 'civil_society', 'citizen', name='sector', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('granted_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.CheckConstraint('(territory_id IS NULL) <> (group_id IS NULL)', name=op.f('ck_role_grant_territory_or_group')),
    sa.ForeignKeyConstraint(['granted_by_id'], ['user.id'], name=op.f('fk_role_grant_granted_by_id_user'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['group_id'], ['group.id'], name=op.f('fk_role_grant_group_id_group'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['territory_id'], ['territory.id'], name=op.f('fk_role_grant_territory_id_territory'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_role_grant_user_id_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role_grant')),
    sa.UniqueConstraint('user_id', 'group_id', name=op.f('uq_role_grant_user_id_group_id')),
    sa.UniqueConstraint('user_id', 'territory_id', name=op.f('uq_role_grant_user_id_territory_id'))
    )
    with op.batch_alter_table('role_grant', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_role_grant_group_id'), ['group_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_role_grant_territory_id'), ['territory_id'], unique=False)

    op.create_table('sector_target',
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('sector', sa.Enum('academia', 'administration', 'business', 'civil_society', 'citizen', name='sector', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('share', sa.Integer(), nullable=False),
    sa.CheckConstraint('share >= 0 AND share <= 100', name=op.f('ck_sector_target_share')),
    sa.ForeignKeyConstraint(['group_id'], ['group.id'], name=op.f('fk_sector_target_group_id_group'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('group_id', 'sector', name=op.f('pk_sector_target'))
    )
    op.create_table('action_item',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('body_text', sa.Text(), nullable=False),
    sa.Column('body_html', sa.Text(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('starts_on', sa.Date(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('completed_at', sa.DateTime(), nullable=True),
    sa.Column('progress', sa.Integer(), nullable=False),
    sa.Column('result_text', sa.Text(), nullable=True),
    sa.CheckConstraint('progress >= 0 AND progress <= 100', name=op.f('ck_action_item_progress')),
    sa.ForeignKeyConstraint(['id'], ['record.id'], name=op.f('fk_action_item_id_record')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_action_item_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['person_id'], ['user.id'], name=op.f('fk_action_item_person_id_user'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_action_item'))
    )
    with op.batch_alter_table('action_item', schema=None) as batch_op:
        batch_op.create_index('ix_action_item_due', ['due_on'], unique=False)
        batch_op.create_index('ix_action_item_organisation', ['organisation_id'], unique=False)
        batch_op.create_index('ix_action_item_person', ['person_id'], unique=False)

    op.create_table('attachment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('record_id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=43), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('alt', sa.String(length=300), nullable=False),
    sa.Column('media_type', sa.String(length=60), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('width', sa.Integer(), nullable=True),
    sa.Column('height', sa.Integer(), nullable=True),
    sa.Column('pages', sa.Integer(), nullable=True),
    sa.Column('keys', sa.JSON(), nullable=False),
    sa.Column('uploaded_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('removed_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['record_id'], ['record.id'], name=op.f('fk_attachment_record_id_record')),
    sa.ForeignKeyConstraint(['uploaded_by_id'], ['user.id'], name=op.f('fk_attachment_uploaded_by_id_user'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachment')),
    sa.UniqueConstraint('token', name=op.f('uq_attachment_token'))
    )
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attachment_record_id'), ['record_id'], unique=False)

    op.create_table('comment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('thread', sa.Text(), nullable=False),
    sa.Column('depth', sa.Integer(), nullable=False),
    sa.Column('stance', sa.Enum('for', 'against', 'neutral', name='stance', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('body_text', sa.Text(), nullable=False),
    sa.Column('body_html', sa.Text(), nullable=False),
    sa.Column('edited_at', sa.DateTime(), nullable=True),
    sa.CheckConstraint('depth >= 0 AND depth <= 4', name=op.f('ck_comment_depth')),
    sa.ForeignKeyConstraint(['id'], ['record.id'], name=op.f('fk_comment_id_record')),
    sa.ForeignKeyConstraint(['parent_id'], ['comment.id'], name=op.f('fk_comment_parent_id_comment')),
    sa.ForeignKeyConstraint(['subject_id'], ['record.id'], name=op.f('fk_comment_subject_id_record')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_comment'))
    )
    with op.batch_alter_table('comment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_comment_parent_id'), ['parent_id'], unique=False)
        batch_op.create_index('ix_comment_subject_thread', ['subject_id', 'thread'], unique=False)

    op.create_table('consultation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('question', sa.JSON(), nullable=False),
    sa.Column('background_text', sa.JSON(), nullable=False),
    sa.Column('background_html', sa.JSON(), nullable=False),
    sa.Column('audience', sa.Enum('public', 'members', 'private', name='visibility', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('template', sa.Enum('ideas', 'draft_review', 'budget', name='template', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('timezone', sa.String(length=60), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('budget', sa.BigInteger(), nullable=True),
    sa.Column('published_at', sa.DateTime(), nullable=True),
    sa.Column('closed_at', sa.DateTime(), nullable=True),
    sa.Column('starts_at', sa.DateTime(), nullable=True),
    sa.Column('ends_at', sa.DateTime(), nullable=True),
    sa.Column('copied_from_id', sa.Integer(), nullable=True),
    sa.Column('import_digest', sa.String(length=64), nullable=True),
    sa.Column('summary_text', sa.JSON(), nullable=True),
    sa.Column('summary_html', sa.JSON(), nullable=True),
    sa.Column('proposal_count', sa.Integer(), nullable=False),
    sa.Column('participant_count', sa.Integer(), nullable=False),
    sa.CheckConstraint('budget IS NULL OR budget >= 0', name=op.f('ck_consultation_budget')),
    sa.ForeignKeyConstraint(['copied_from_id'], ['consultation.id'], name=op.f('fk_consultation_copied_from_id_consultation')),
    sa.ForeignKeyConstraint(['id'], ['record.id'], name=op.f('fk_consultation_id_record')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consultation')),
    sa.UniqueConstraint('import_digest', name=op.f('uq_consultation_import_digest'))
    )
    with op.batch_alter_table('consultation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_consultation_ends_at'), ['ends_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_consultation_starts_at'), ['starts_at'], unique=False)

    op.create_table('follow',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('record_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['record_id'], ['record.id'], name=op.f('fk_follow_record_id_record'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_follow_user_id_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', 'record_id', name=op.f('pk_follow'))
    )
    with op.batch_alter_table('follow', schema=None) as batch_op:
        batch_op.create_index('ix_follow_record', ['record_id'], unique=False)

    op.create_table('link',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('relation', sa.Enum('prompted', 'put_to_vote', 'decided_by', 'carried_out_by', 'resulted_in', 'repeated_as', 'merged_into', 'relates_to', name='relation', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('target_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('source_id <> target_id', name=op.f('ck_link_not_itself')),
    sa.ForeignKeyConstraint(['created_by_id'], ['user.id'], name=op.f('fk_link_created_by_id_user'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['source_id'], ['record.id'], name=op.f('fk_link_source_id_record')),
    sa.ForeignKeyConstraint(['target_id'], ['record.id'], name=op.f('fk_link_target_id_record')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_link')),
    sa.UniqueConstraint('source_id', 'relation', 'target_id', name=op.f('uq_link_source_id_relation_target_id'))
    )
    with op.batch_alter_table('link', schema=None) as batch_op:
        batch_op.create_index('ix_link_target', ['target_id'], unique=False)

    op.create_table('notification',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=60), nullable=False),
    sa.Column('record_id', sa.Integer(), nullable=True),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('read_at', sa.DateTime(), nullable=True),
    sa.Column('mailed_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['record_id'], ['record.id'], name=op.f('fk_notification_record_id_record'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_notification_user_id_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notification'))
    )
    with op.batch_alter_table('notification', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_notification_mailed_at'), ['mailed_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_notification_record_id'), ['record_id'], unique=False)
        batch_op.create_index('ix_notification_user_read', ['user_id', 'read_at', 'id'], unique=False)

    op.create_table('report',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('record_id', sa.Integer(), nullable=False),
    sa.Column('reporter_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('outcome', sa.Enum('open', 'hidden', 'kept', name='outcome', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('decided_at', sa.DateTime(), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['decided_by_id'], ['user.id'], name=op.f('fk_report_decided_by_id_user'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['record_id'], ['record.id'], name=op.f('fk_report_record_id_record')),
    sa.ForeignKeyConstraint(['reporter_id'], ['user.id'], name=op.f('fk_report_reporter_id_user'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report')),
    sa.UniqueConstraint('record_id', 'reporter_id', name=op.f('uq_report_record_id_reporter_id'))
    )
    with op.batch_alter_table('report', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_report_outcome'), ['outcome'], unique=False)

    op.create_table('search_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('subject_kind', sa.String(length=20), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=False),
    sa.Column('record_id', sa.Integer(), nullable=True),
    sa.Column('territory_id', sa.Integer(), nullable=True),
    sa.Column('slug', sa.String(length=120), nullable=True),
    sa.Column('title', sa.JSON(), nullable=False),
    sa.Column('excerpt', sa.Text(), nullable=False),
    sa.Column('excerpt_language', sa.String(length=8), nullable=False),
    sa.Column('title_words', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('weight', sa.Integer(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['record_id'], ['record.id'], name=op.f('fk_search_entry_record_id_record'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['territory_id'], ['territory.id'], name=op.f('fk_search_entry_territory_id_territory'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_search_entry')),
    sa.UniqueConstraint('subject_kind', 'subject_id', name=op.f('uq_search_entry_subject_kind_subject_id'))
    )
    with op.batch_alter_table('search_entry', schema=None) as batch_op:
        batch_op.create_index('ix_search_entry_record', ['record_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_search_entry_territory_id'), ['territory_id'], unique=False)

    op.create_table('support',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('record_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['record_id'], ['record.id'], name=op.f('fk_support_record_id_record'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_support_user_id_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', 'record_id', name=op.f('pk_support'))
    )
    with op.batch_alter_table('support', schema=None) as batch_op:
        batch_op.create_index('ix_support_record', ['record_id'], unique=False)

    op.create_table('background_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('question', sa.JSON(), nullable=False),
    sa.Column('background_text', sa.JSON(), nullable=False),
    sa.Column('edited_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_background_version_consultation_id_consultation'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['edited_by_id'], ['user.id'], name=op.f('fk_background_version_edited_by_id_user'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_background_version'))
    )
    with op.batch_alter_table('background_version', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_background_version_consultation_id'), ['consultation_id'], unique=False)

    op.create_table('category',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('name', sa.JSON(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_category_consultation_id_consultation'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_category')),
    sa.UniqueConstraint('consultation_id', 'slug', name=op.f('uq_category_consultation_id_slug'))
    )
    op.create_table('contributor',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('action_item_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('(user_id IS NULL) <> (organisation_id IS NULL)', name=op.f('ck_contributor_one_of_two')),
    sa.ForeignKeyConstraint(['action_item_id'], ['action_item.id'], name=op.f('fk_contributor_action_item_id_action_item'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_contributor_organisation_id_organisation'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_contributor_user_id_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contributor'))
    )
    with op.batch_alter_table('contributor', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_contributor_action_item_id'), ['action_item_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_contributor_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_contributor_user_id'), ['user_id'], unique=False)

    op.create_table('participation',
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('sector', sa.String(length=32), nullable=False),
    sa.Column('first_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_participation_consultation_id_consultation'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_participation_user_id_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('consultation_id', 'user_id', name=op.f('pk_participation'))
    )
    with op.batch_alter_table('participation', schema=None) as batch_op:
        batch_op.create_index('ix_participation_user', ['user_id'], unique=False)

    op.create_table('phase',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('title', sa.JSON(), nullable=False),
    sa.Column('description', sa.JSON(), nullable=True),
    sa.Column('starts_at', sa.DateTime(), nullable=False),
    sa.Column('ends_at', sa.DateTime(), nullable=False),
    sa.Column('activities', sa.JSON(), nullable=False),
    sa.Column('announced_at', sa.DateTime(), nullable=True),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_phase_ends_after_start')),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_phase_consultation_id_consultation'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_phase'))
    )
    with op.batch_alter_table('phase', schema=None) as batch_op:
        batch_op.create_index('ix_phase_consultation', ['consultation_id', 'position'], unique=False)
        batch_op.create_index('ix_phase_ends', ['ends_at'], unique=False)

    op.create_table('progress_note',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('action_item_id', sa.Integer(), nullable=False),
    sa.Column('body_text', sa.Text(), nullable=False),
    sa.Column('body_html', sa.Text(), nullable=False),
    sa.Column('status_before', sa.Text(), nullable=True),
    sa.Column('status_after', sa.Text(), nullable=True),
    sa.Column('progress', sa.Integer(), nullable=True),
    sa.Column('evidence_url', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['action_item_id'], ['action_item.id'], name=op.f('fk_progress_note_action_item_id_action_item')),
    sa.ForeignKeyConstraint(['id'], ['record.id'], name=op.f('fk_progress_note_id_record')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_progress_note'))
    )
    with op.batch_alter_table('progress_note', schema=None) as batch_op:
        batch_op.create_index('ix_progress_note_item', ['action_item_id'], unique=False)

    op.create_table('ballot',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('phase_id', sa.Integer(), nullable=True),
    sa.Column('question', sa.JSON(), nullable=False),
    sa.Column('method', sa.Enum('approval', 'budget', 'imported', name='method', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('electorate', sa.Enum('everyone', 'members', name='electorate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('opens_at', sa.DateTime(), nullable=False),
    sa.Column('closes_at', sa.DateTime(), nullable=False),
    sa.Column('opened_at', sa.DateTime(), nullable=True),
    sa.Column('closed_at', sa.DateTime(), nullable=True),
    sa.Column('min_choices', sa.Integer(), nullable=False),
    sa.Column('max_choices', sa.Integer(), nullable=True),
    sa.Column('winners_wanted', sa.Integer(), nullable=True),
    sa.Column('budget', sa.BigInteger(), nullable=True),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('rule', sa.String(length=60), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=True),
    sa.Column('vote_count', sa.Integer(), nullable=False),
    sa.Column('imported', sa.Boolean(), nullable=False),
    sa.Column('result', sa.JSON(), nullable=True),
    sa.CheckConstraint("method <> 'budget' OR budget IS NOT NULL", name=op.f('ck_ballot_budget_needs_an_amount')),
    sa.CheckConstraint('max_choices IS NULL OR max_choices >= min_choices', name=op.f('ck_ballot_choices')),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_ballot_consultation_id_consultation')),
    sa.ForeignKeyConstraint(['id'], ['record.id'], name=op.f('fk_ballot_id_record')),
    sa.ForeignKeyConstraint(['phase_id'], ['phase.id'], name=op.f('fk_ballot_phase_id_phase'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ballot'))
    )
    with op.batch_alter_table('ballot', schema=None) as batch_op:
        batch_op.create_index('ix_ballot_closes', ['closes_at'], unique=False)
        batch_op.create_index('ix_ballot_consultation', ['consultation_id'], unique=False)

    op.create_table('proposal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('body_text', sa.Text(), nullable=False),
    sa.Column('body_html', sa.Text(), nullable=False),
    sa.Column('category_id', sa.Integer(), nullable=True),
    sa.Column('cost', sa.BigInteger(), nullable=True),
    sa.Column('place', sa.String(length=160), nullable=True),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.Column('target', sa.String(length=160), nullable=True),
    sa.Column('external_key', sa.String(length=80), nullable=True),
    sa.Column('answer_text', sa.Text(), nullable=True),
    sa.Column('answer_html', sa.Text(), nullable=True),
    sa.Column('answer_language', sa.String(length=8), nullable=True),
    sa.Column('answered_at', sa.DateTime(), nullable=True),
    sa.Column('answered_by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('cost IS NULL OR cost >= 0', name=op.f('ck_proposal_cost')),
    sa.CheckConstraint('latitude IS NULL OR (latitude >= -90 AND latitude <= 90)', name=op.f('ck_proposal_latitude')),
    sa.CheckConstraint('longitude IS NULL OR (longitude >= -180 AND longitude <= 180)', name=op.f('ck_proposal_longitude')),
    sa.ForeignKeyConstraint(['answered_by_id'], ['user.id'], name=op.f('fk_proposal_answered_by_id_user'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['category_id'], ['category.id'], name=op.f('fk_proposal_category_id_category'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_proposal_consultation_id_consultation')),
    sa.ForeignKeyConstraint(['id'], ['record.id'], name=op.f('fk_proposal_id_record')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposal')),
    sa.UniqueConstraint('consultation_id', 'external_key', name=op.f('uq_proposal_consultation_id_external_key'))
    )
    with op.batch_alter_table('proposal', schema=None) as batch_op:
        batch_op.create_index('ix_proposal_consultation_category', ['consultation_id', 'category_id'], unique=False)
        batch_op.create_index('ix_proposal_consultation_cost', ['consultation_id', 'cost'], unique=False)

    op.create_table('ballot_option',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ballot_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.JSON(), nullable=False),
    sa.Column('cost', sa.BigInteger(), nullable=True),
    sa.Column('group_label', sa.String(length=160), nullable=True),
    sa.Column('official_winner', sa.Boolean(), nullable=True),
    sa.CheckConstraint('cost IS NULL OR cost >= 0', name=op.f('ck_ballot_option_cost')),
    sa.ForeignKeyConstraint(['ballot_id'], ['ballot.id'], name=op.f('fk_ballot_option_ballot_id_ballot'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_ballot_option_proposal_id_proposal')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ballot_option')),
    sa.UniqueConstraint('ballot_id', 'position', name=op.f('uq_ballot_option_ballot_id_position')),
    sa.UniqueConstraint('ballot_id', 'proposal_id', name=op.f('uq_ballot_option_ballot_id_proposal_id'))
    )
    with op.batch_alter_table('ballot_option', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ballot_option_proposal_id'), ['proposal_id'], unique=False)

    op.create_table('decision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=True),
    sa.Column('ballot_id', sa.Integer(), nullable=True),
    sa.Column('reasons_text', sa.Text(), nullable=False),
    sa.Column('reasons_html', sa.Text(), nullable=False),
    sa.Column('decided_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['ballot_id'], ['ballot.id'], name=op.f('fk_decision_ballot_id_ballot')),
    sa.ForeignKeyConstraint(['consultation_id'], ['consultation.id'], name=op.f('fk_decision_consultation_id_consultation')),
    sa.ForeignKeyConstraint(['id'], ['record.id'], name=op.f('fk_decision_id_record')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decision')),
    sa.UniqueConstraint('ballot_id', name=op.f('uq_decision_ballot_id'))
    )
    with op.batch_alter_table('decision', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_decision_consultation_id'), ['consultation_id'], unique=False)

    op.create_table('proposal_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('body_text', sa.Text(), nullable=False),
    sa.Column('body_html', sa.Text(), nullable=False),
    sa.Column('cost', sa.BigInteger(), nullable=True),
    sa.Column('edited_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['edited_by_id'], ['user.id'], name=op.f('fk_proposal_version_edited_by_id_user'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_proposal_version_proposal_id_proposal')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposal_version')),
    sa.UniqueConstraint('proposal_id', 'number', name=op.f('uq_proposal_version_proposal_id_number'))
    )
    op.create_table('sector_turnout',
    sa.Column('ballot_id', sa.Integer(), nullable=False),
    sa.Column('sector', sa.String(length=32), nullable=False),
    sa.Column('voted', sa.Integer(), nullable=False),
    sa.Column('eligible', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['ballot_id'], ['ballot.id'], name=op.f('fk_sector_turnout_ballot_id_ballot'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('ballot_id', 'sector', name=op.f('pk_sector_turnout'))
    )
    op.create_table('vote',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ballot_id', sa.Integer(), nullable=False),
    sa.Column('voter_key', sa.String(length=64), nullable=False),
    sa.Column('choices', sa.JSON(), nullable=False),
    sa.Column('points', sa.JSON(), nullable=True),
    sa.ForeignKeyConstraint(['ballot_id'], ['ballot.id'], name=op.f('fk_vote_ballot_id_ballot'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vote')),
    sa.UniqueConstraint('ballot_id', 'voter_key', name=op.f('uq_vote_ballot_id_voter_key'))
    )
    op.create_table('voter',
    sa.Column('ballot_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('sector', sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(['ballot_id'], ['ballot.id'], name=op.f('fk_voter_ballot_id_ballot'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_voter_user_id_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('ballot_id', 'user_id', name=op.f('pk_voter'))
    )
    with op.batch_alter_table('voter', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_voter_user_id'), ['user_id'], unique=False)


    if op.get_bind().dialect.name == 'sqlite':
        op.execute("CREATE VIRTUAL TABLE search_entry_fts USING fts5(\n        title_words, text, tokenize='unicode61 remove_diacritics 0', prefix='2 3')")
        op.execute('CREATE TRIGGER search_entry_after_insert AFTER INSERT ON search_entry BEGIN\n        INSERT INTO search_entry_fts(rowid, title_words, text) VALUES (new.id, new.title_words, new.text);\n    END')
        op.execute('CREATE TRIGGER search_entry_after_delete AFTER DELETE ON search_entry BEGIN\n        DELETE FROM search_entry_fts WHERE rowid = old.id;\n    END')
        op.execute('CREATE TRIGGER search_entry_after_update AFTER UPDATE OF title_words, text ON search_entry BEGIN\n        DELETE FROM search_entry_fts WHERE rowid = old.id;\n        INSERT INTO search_entry_fts(rowid, title_words, text) VALUES (new.id, new.title_words, new.text);\n    END')
        op.execute('INSERT INTO search_entry_fts(rowid, title_words, text) SELECT id, title_words, text FROM search_entry')
    else:
        op.execute("CREATE INDEX ix_search_entry_full_text ON search_entry USING gin ((setweight(to_tsvector('simple'::regconfig, search_entry.title_words), 'A') || setweight(to_tsvector('simple'::regconfig, search_entry.text), 'D')))")
        op.execute("CREATE INDEX ix_search_entry_title ON search_entry USING gin (to_tsvector('simple'::regconfig, search_entry.title_words))")


def downgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        op.execute('DROP TRIGGER IF EXISTS search_entry_after_insert')
        op.execute('DROP TRIGGER IF EXISTS search_entry_after_delete')
        op.execute('DROP TRIGGER IF EXISTS search_entry_after_update')
        op.execute('DROP TABLE IF EXISTS search_entry_fts')
    else:
        op.execute('DROP INDEX IF EXISTS ix_search_entry_full_text')
        op.execute('DROP INDEX IF EXISTS ix_search_entry_title')
    with op.batch_alter_table('voter', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_voter_user_id'))

    op.drop_table('voter')
    op.drop_table('vote')
    op.drop_table('sector_turnout')
    op.drop_table('proposal_version')
    with op.batch_alter_table('decision', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_decision_consultation_id'))

    op.drop_table('decision')
    with op.batch_alter_table('ballot_option', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ballot_option_proposal_id'))

    op.drop_table('ballot_option')
    with op.batch_alter_table('proposal', schema=None) as batch_op:
        batch_op.drop_index('ix_proposal_consultation_cost')
        batch_op.drop_index('ix_proposal_consultation_category')

    op.drop_table('proposal')
    with op.batch_alter_table('ballot', schema=None) as batch_op:
        batch_op.drop_index('ix_ballot_consultation')
        batch_op.drop_index('ix_ballot_closes')

    op.drop_table('ballot')
    with op.batch_alter_table('progress_note', schema=None) as batch_op:
        batch_op.drop_index('ix_progress_note_item')

    op.drop_table('progress_note')
    with op.batch_alter_table('phase', schema=None) as batch_op:
        batch_op.drop_index('ix_phase_ends')
        batch_op.drop_index('ix_phase_consultation')

    op.drop_table('phase')
    with op.batch_alter_table('participation', schema=None) as batch_op:
        batch_op.drop_index('ix_participation_user')

    op.drop_table('participation')
    with op.batch_alter_table('contributor', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_contributor_user_id'))
        batch_op.drop_index(batch_op.f('ix_contributor_organisation_id'))
        batch_op.drop_index(batch_op.f('ix_contributor_action_item_id'))

    op.drop_table('contributor')
    op.drop_table('category')
    with op.batch_alter_table('background_version', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_background_version_consultation_id'))

    op.drop_table('background_version')
    with op.batch_alter_table('support', schema=None) as batch_op:
        batch_op.drop_index('ix_support_record')

    op.drop_table('support')
    with op.batch_alter_table('search_entry', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_search_entry_territory_id'))
        batch_op.drop_index('ix_search_entry_record')

    op.drop_table('search_entry')
    with op.batch_alter_table('report', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_report_outcome'))

    op.drop_table('report')
    with op.batch_alter_table('notification', schema=None) as batch_op:
        batch_op.drop_index('ix_notification_user_read')
        batch_op.drop_index(batch_op.f('ix_notification_record_id'))
        batch_op.drop_index(batch_op.f('ix_notification_mailed_at'))

    op.drop_table('notification')
    with op.batch_alter_table('link', schema=None) as batch_op:
        batch_op.drop_index('ix_link_target')

    op.drop_table('link')
    with op.batch_alter_table('follow', schema=None) as batch_op:
        batch_op.drop_index('ix_follow_record')

    op.drop_table('follow')
    with op.batch_alter_table('consultation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_consultation_starts_at'))
        batch_op.drop_index(batch_op.f('ix_consultation_ends_at'))

    op.drop_table('consultation')
    with op.batch_alter_table('comment', schema=None) as batch_op:
        batch_op.drop_index('ix_comment_subject_thread')
        batch_op.drop_index(batch_op.f('ix_comment_parent_id'))

    op.drop_table('comment')
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_attachment_record_id'))

    op.drop_table('attachment')
    with op.batch_alter_table('action_item', schema=None) as batch_op:
        batch_op.drop_index('ix_action_item_person')
        batch_op.drop_index('ix_action_item_organisation')
        batch_op.drop_index('ix_action_item_due')

    op.drop_table('action_item')
    op.drop_table('sector_target')
    with op.batch_alter_table('role_grant', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_role_grant_territory_id'))
        batch_op.drop_index(batch_op.f('ix_role_grant_group_id'))

    op.drop_table('role_grant')
    with op.batch_alter_table('record', schema=None) as batch_op:
        batch_op.drop_index('ix_record_territory_kind_state')
        batch_op.drop_index(batch_op.f('ix_record_speaking_for_id'))
        batch_op.drop_index('ix_record_kind_visibility_created')
        batch_op.drop_index('ix_record_hidden', sqlite_where=sa.text("moderation = 'hidden'"), postgresql_where=sa.text("moderation = 'hidden'"))
        batch_op.drop_index(batch_op.f('ix_record_group_id'))
        batch_op.drop_index('ix_record_context_kind_state')
        batch_op.drop_index(batch_op.f('ix_record_author_id'))

    op.drop_table('record')
    with op.batch_alter_table('mandate', schema=None) as batch_op:
        batch_op.drop_index('ix_mandate_user')
        batch_op.drop_index('ix_mandate_organisation')

    op.drop_table('mandate')
    op.drop_table('invitation')
    with op.batch_alter_table('group_organisation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_group_organisation_organisation_id'))

    op.drop_table('group_organisation')
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_audit_entry_subject_id'))
        batch_op.drop_index(batch_op.f('ix_audit_entry_event'))
        batch_op.drop_index(batch_op.f('ix_audit_entry_at'))
        batch_op.drop_index(batch_op.f('ix_audit_entry_actor_id'))

    op.drop_table('audit_entry')
    with op.batch_alter_table('user', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_user_home_territory_id'))

    op.drop_table('user')
    with op.batch_alter_table('territory_slug', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_territory_slug_territory_id'))

    op.drop_table('territory_slug')
    op.drop_table('reference_counter')
    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_organisation_territory_id'))
        batch_op.drop_index(batch_op.f('ix_organisation_sector'))

    op.drop_table('organisation')
    with op.batch_alter_table('group', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_group_territory_id'))

    op.drop_table('group')
    with op.batch_alter_table('territory', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_territory_path'))
        batch_op.drop_index(batch_op.f('ix_territory_parent_id'))
        batch_op.drop_index(batch_op.f('ix_territory_level'))

    op.drop_table('territory')
    op.drop_table('security_role')
    with op.batch_alter_table('pending_contribution', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_pending_contribution_expires_at'))
        batch_op.drop_index(batch_op.f('ix_pending_contribution_created_at'))

    op.drop_table('pending_contribution')
    with op.batch_alter_table('outgoing_mail', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_outgoing_mail_next_try_at'))
        batch_op.drop_index(batch_op.f('ix_outgoing_mail_created_at'))

    op.drop_table('outgoing_mail')
    op.drop_table('installation')
    with op.batch_alter_table('idempotency_key', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_idempotency_key_created_at'))

    op.drop_table('idempotency_key')
    with op.batch_alter_table('ended_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ended_session_ended_at'))

    op.drop_table('ended_session')
