"""The first tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('account',
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('display', sa.String(), server_default='', nullable=False),
    sa.Column('role', sa.String(length=16), nullable=False),
    sa.Column('level', sa.String(length=10), nullable=False),
    sa.Column('county', sa.String(length=16), server_default='', nullable=False),
    sa.Column('town', sa.String(length=16), server_default='', nullable=False),
    sa.Column('password_hash', sa.Text(), nullable=False),
    sa.Column('disabled', sa.Boolean(), server_default=sa.text('(false)'), nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.text('(false)'), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_account'))
    )
    op.create_table('agency',
    sa.Column('code', sa.String(length=32), nullable=False),
    sa.Column('zh', sa.String(), server_default='', nullable=False),
    sa.Column('en', sa.String(), server_default='', nullable=False),
    sa.Column('mark', sa.String(length=4), nullable=False),
    sa.Column('bit', sa.SmallInteger(), nullable=False),
    sa.Column('rank', sa.SmallInteger(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_agency')),
    sa.UniqueConstraint('bit', name=op.f('uq_agency_bit'))
    )
    op.create_table('area',
    sa.Column('code', sa.String(length=16), nullable=False),
    sa.Column('level', sa.String(length=10), nullable=False),
    sa.Column('parent', sa.String(length=16), nullable=False),
    sa.Column('county_code', sa.String(length=16), server_default='', nullable=False),
    sa.Column('position', sa.Integer(), server_default='0', nullable=False),
    sa.Column('name', sa.String(), server_default='', nullable=False),
    sa.Column('short', sa.String(), server_default='', nullable=False),
    sa.Column('aliases', sa.String(), server_default='', nullable=False),
    sa.Column('kind', sa.String(), server_default='', nullable=False),
    sa.Column('pinyin', sa.String(), server_default='', nullable=False),
    sa.Column('name_en', sa.String(), server_default='', nullable=False),
    sa.Column('population', sa.Integer(), nullable=True),
    sa.Column('population_source', sa.String(), server_default='', nullable=False),
    sa.Column('lon', sa.Float(), nullable=True),
    sa.Column('lat', sa.Float(), nullable=True),
    sa.Column('seat_source', sa.String(), server_default='', nullable=False),
    sa.Column('seat_verified', sa.Boolean(), server_default=sa.text('(false)'), nullable=False),
    sa.Column('geometry', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_area'))
    )
    with op.batch_alter_table('area', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_area_level'), ['level'], unique=False)
        batch_op.create_index(batch_op.f('ix_area_parent'), ['parent'], unique=False)

    op.create_table('audit',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('account', sa.String(length=64), nullable=False),
    sa.Column('act', sa.String(length=32), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit'))
    )
    with op.batch_alter_table('audit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_at'), ['at'], unique=False)

    op.create_table('counter',
    sa.Column('name', sa.String(length=32), nullable=False),
    sa.Column('value', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_counter'))
    )
    op.create_table('data_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_data_version'))
    )
    op.create_table('filing',
    sa.Column('record_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('county_code', sa.String(length=16), server_default='', nullable=False),
    sa.Column('matter_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('filed_on', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('record_id', 'county_code', name=op.f('pk_filing'))
    )
    with op.batch_alter_table('filing', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_filing_filed_on'), ['filed_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_filing_matter_id'), ['matter_id'], unique=False)

    op.create_table('lease',
    sa.Column('name', sa.String(length=32), nullable=False),
    sa.Column('holder', sa.String(length=128), nullable=False),
    sa.Column('fence', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('expires_at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_lease'))
    )
    op.create_table('link',
    sa.Column('record_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('other_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('method', sa.String(length=16), nullable=False),
    sa.Column('linked_at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('record_id', 'other_id', 'number', name=op.f('pk_link'))
    )
    with op.batch_alter_table('link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_link_other_id'), ['other_id'], unique=False)

    op.create_table('reference',
    sa.Column('record_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('record_id', 'number', name=op.f('pk_reference'))
    )
    with op.batch_alter_table('reference', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reference_number'), ['number'], unique=False)

    op.create_table('rollup',
    sa.Column('grain', sa.SmallInteger(), nullable=False),
    sa.Column('category', sa.String(length=2), nullable=False),
    sa.Column('source', sa.Integer(), nullable=False),
    sa.Column('county_code', sa.String(length=16), nullable=False),
    sa.Column('period', sa.Integer(), nullable=False),
    sa.Column('town_code', sa.String(length=16), nullable=False),
    sa.Column('accepted', sa.Integer(), nullable=False),
    sa.Column('records', sa.Integer(), nullable=False),
    sa.Column('closed', sa.Integer(), nullable=False),
    sa.Column('resolved', sa.Integer(), nullable=False),
    sa.Column('on_time', sa.Integer(), nullable=False),
    sa.Column('rated', sa.Integer(), nullable=False),
    sa.Column('satisfied', sa.Integer(), nullable=False),
    sa.Column('escalated', sa.Integer(), nullable=False),
    sa.Column('litigated', sa.Integer(), nullable=False),
    sa.Column('pre_success', sa.Integer(), nullable=False),
    sa.Column('pre_failure', sa.Integer(), nullable=False),
    sa.Column('civil_filings', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('grain', 'category', 'source', 'county_code', 'period', 'town_code', name=op.f('pk_rollup')),
    sqlite_with_rowid=False
    )
    op.create_table('source',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('agencies', sa.Integer(), nullable=False),
    sa.Column('first_agency', sa.String(length=32), nullable=False),
    sa.Column('channel', sa.String(length=16), server_default='', nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_source')),
    sa.UniqueConstraint('agencies', 'first_agency', 'channel', name=op.f('uq_source_agencies_first_agency_channel'))
    )
    op.create_table('api_token',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('account', sa.String(length=64), nullable=False),
    sa.Column('label', sa.String(), server_default='', nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('revoked_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['account'], ['account.name'], name=op.f('fk_api_token_account')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_api_token'))
    )
    op.create_table('centre',
    sa.Column('area_code', sa.String(length=16), nullable=False),
    sa.Column('name', sa.String(), server_default='', nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('since', sa.Date(), nullable=True),
    sa.Column('planned_for', sa.Date(), nullable=True),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['area_code'], ['area.code'], name=op.f('fk_centre_area_code')),
    sa.PrimaryKeyConstraint('area_code', name=op.f('pk_centre'))
    )
    op.create_table('feed',
    sa.Column('code', sa.String(length=32), nullable=False),
    sa.Column('agency', sa.String(length=32), nullable=False),
    sa.Column('zh', sa.String(), server_default='', nullable=False),
    sa.Column('en', sa.String(), server_default='', nullable=False),
    sa.Column('cadence_seconds', sa.Integer(), nullable=False),
    sa.Column('late_after_seconds', sa.Integer(), nullable=False),
    sa.Column('watermark', sa.Text(), nullable=True),
    sa.Column('data_at', sa.DateTime(), nullable=True),
    sa.Column('checked_at', sa.DateTime(), nullable=True),
    sa.Column('succeeded_at', sa.DateTime(), nullable=True),
    sa.Column('error', sa.String(), server_default='', nullable=False),
    sa.Column('paused', sa.Boolean(), server_default=sa.text('(false)'), nullable=False),
    sa.ForeignKeyConstraint(['agency'], ['agency.code'], name=op.f('fk_feed_agency')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_feed'))
    )
    op.create_table('listing',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('subject', sa.String(length=8), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('number', sa.String(), server_default='', nullable=False),
    sa.Column('title', sa.String(), server_default='', nullable=False),
    sa.Column('area_code', sa.String(length=16), nullable=False),
    sa.Column('county_code', sa.String(length=16), server_default='', nullable=False),
    sa.Column('town_code', sa.String(length=16), server_default='', nullable=False),
    sa.Column('categories', sa.JSON(), nullable=False),
    sa.Column('owner', sa.String(), server_default='', nullable=False),
    sa.Column('leader', sa.String(), server_default='', nullable=False),
    sa.Column('proposed_on', sa.Date(), nullable=False),
    sa.Column('listed_on', sa.Date(), nullable=True),
    sa.Column('deadline', sa.Date(), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('targets', sa.JSON(), nullable=False),
    sa.Column('extensions', sa.Integer(), server_default='0', nullable=False),
    sa.Column('reason', sa.String(), server_default='', nullable=False),
    sa.ForeignKeyConstraint(['area_code'], ['area.code'], name=op.f('fk_listing_area_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_listing'))
    )
    with op.batch_alter_table('listing', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_listing_state'), ['state'], unique=False)

    op.create_table('matter',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('county_code', sa.String(length=16), server_default='', nullable=False),
    sa.Column('town_code', sa.String(length=16), server_default='', nullable=False),
    sa.Column('village_code', sa.String(length=16), server_default='', nullable=False),
    sa.Column('code', sa.String(length=16), nullable=False),
    sa.Column('located', sa.String(length=10), nullable=False),
    sa.Column('lon', sa.Float(), nullable=True),
    sa.Column('lat', sa.Float(), nullable=True),
    sa.Column('opened_on', sa.Date(), nullable=True),
    sa.Column('accepted_on', sa.Date(), nullable=True),
    sa.Column('handled_on', sa.Date(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.Column('is_open', sa.Boolean(), nullable=False),
    sa.Column('outcome', sa.String(length=16), nullable=True),
    sa.Column('stage', sa.String(length=16), nullable=False),
    sa.Column('category', sa.String(length=2), nullable=False),
    sa.Column('subcategory', sa.String(length=4), nullable=True),
    sa.Column('channel', sa.String(length=16), server_default='', nullable=False),
    sa.Column('first_agency', sa.String(length=32), nullable=False),
    sa.Column('agencies', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(), server_default='', nullable=False),
    sa.Column('owner', sa.String(), server_default='', nullable=False),
    sa.Column('people', sa.Integer(), nullable=True),
    sa.Column('amount', sa.Float(), nullable=True),
    sa.Column('scale', sa.String(length=12), nullable=False),
    sa.Column('satisfied', sa.Boolean(), nullable=True),
    sa.Column('escalated', sa.Boolean(), nullable=False),
    sa.Column('litigated', sa.Boolean(), nullable=False),
    sa.Column('mediation', sa.String(length=8), nullable=True),
    sa.Column('record_count', sa.Integer(), nullable=False),
    sa.Column('source', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['source'], ['source.id'], name=op.f('fk_matter_source')),
    sa.PrimaryKeyConstraint('id', 'county_code', name=op.f('pk_matter')),
    sa.UniqueConstraint('code', name=op.f('uq_matter_code')),
    sa.UniqueConstraint('id', name=op.f('uq_matter_id'))
    )
    with op.batch_alter_table('matter', schema=None) as batch_op:
        batch_op.create_index('ix_matter_accepted', ['accepted_on', 'code'], unique=False)
        batch_op.create_index('ix_matter_category', ['category', 'accepted_on', 'code'], unique=False)
        batch_op.create_index('ix_matter_county', ['county_code', 'accepted_on', 'code'], unique=False)
        batch_op.create_index('ix_matter_open', ['county_code', 'town_code', 'due_on', 'accepted_on', 'handled_on', 'opened_on', 'category', 'source', 'is_open'], unique=False, sqlite_where=sa.text('is_open'), postgresql_where=sa.text('is_open'))
        batch_op.create_index('ix_matter_source', ['source', 'accepted_on'], unique=False)
        batch_op.create_index('ix_matter_town', ['town_code', 'accepted_on', 'code'], unique=False)

    op.create_table('session',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('account', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('expires_at', sa.DateTime(), nullable=False),
    sa.Column('revoked_at', sa.DateTime(), nullable=True),
    sa.Column('remote', sa.String(), server_default='', nullable=False),
    sa.ForeignKeyConstraint(['account'], ['account.name'], name=op.f('fk_session_account')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_session'))
    )
    op.create_table('feed_file',
    sa.Column('feed', sa.String(length=32), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(), server_default='', nullable=False),
    sa.Column('read_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['feed'], ['feed.code'], name=op.f('fk_feed_file_feed')),
    sa.PrimaryKeyConstraint('feed', 'digest', name=op.f('pk_feed_file'))
    )
    op.create_table('listing_event',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('listing_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('step', sa.String(length=12), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('by', sa.String(), server_default='', nullable=False),
    sa.Column('role', sa.String(), server_default='', nullable=False),
    sa.Column('note', sa.String(), server_default='', nullable=False),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['listing_id'], ['listing.id'], name=op.f('fk_listing_event_listing_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_listing_event'))
    )
    with op.batch_alter_table('listing_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_listing_event_listing_id'), ['listing_id'], unique=False)

    op.create_table('record',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('county_code', sa.String(length=16), server_default='', nullable=False),
    sa.Column('town_code', sa.String(length=16), server_default='', nullable=False),
    sa.Column('village_code', sa.String(length=16), server_default='', nullable=False),
    sa.Column('feed', sa.String(length=32), nullable=False),
    sa.Column('agency', sa.String(length=32), nullable=False),
    sa.Column('external_id', sa.String(), nullable=False),
    sa.Column('code', sa.String(length=16), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('number', sa.String(), nullable=True),
    sa.Column('revised_at', sa.DateTime(), nullable=True),
    sa.Column('happened_at', sa.DateTime(), nullable=True),
    sa.Column('registered_on', sa.Date(), nullable=True),
    sa.Column('accepted_on', sa.Date(), nullable=True),
    sa.Column('handled_on', sa.Date(), nullable=True),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('outcome', sa.String(length=16), nullable=True),
    sa.Column('stage', sa.String(length=16), nullable=True),
    sa.Column('channel', sa.String(length=16), nullable=True),
    sa.Column('category', sa.String(length=2), nullable=True),
    sa.Column('subcategory', sa.String(length=4), nullable=True),
    sa.Column('title', sa.Text(), nullable=True),
    sa.Column('summary', sa.Text(), nullable=True),
    sa.Column('owner', sa.Text(), nullable=True),
    sa.Column('people', sa.Integer(), nullable=True),
    sa.Column('amount', sa.Float(), nullable=True),
    sa.Column('satisfied', sa.Boolean(), nullable=True),
    sa.Column('escalated', sa.Boolean(), server_default=sa.text('(false)'), nullable=False),
    sa.Column('mediation', sa.String(length=8), nullable=True),
    sa.Column('context', sa.Boolean(), server_default=sa.text('(false)'), nullable=False),
    sa.Column('place', sa.Text(), nullable=True),
    sa.Column('lon', sa.Float(), nullable=True),
    sa.Column('lat', sa.Float(), nullable=True),
    sa.Column('parties', sa.JSON(), nullable=True),
    sa.Column('locate_method', sa.String(length=12), nullable=False),
    sa.Column('locate_level', sa.String(length=10), nullable=False),
    sa.Column('locate_confidence', sa.Float(), nullable=False),
    sa.Column('digest', sa.String(length=32), nullable=False),
    sa.Column('first_learned_at', sa.DateTime(), nullable=False),
    sa.Column('learned_at', sa.DateTime(), nullable=False),
    sa.Column('withdrawn', sa.Boolean(), server_default=sa.text('(false)'), nullable=False),
    sa.Column('matter_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['agency'], ['agency.code'], name=op.f('fk_record_agency')),
    sa.ForeignKeyConstraint(['feed'], ['feed.code'], name=op.f('fk_record_feed')),
    sa.PrimaryKeyConstraint('id', 'county_code', name=op.f('pk_record')),
    sa.UniqueConstraint('code', name=op.f('uq_record_code')),
    sa.UniqueConstraint('feed', 'external_id', name=op.f('uq_record_feed_external_id')),
    sa.UniqueConstraint('id', name=op.f('uq_record_id'))
    )
    with op.batch_alter_table('record', schema=None) as batch_op:
        batch_op.create_index('ix_record_context', ['happened_at'], unique=False, sqlite_where=sa.text('context'), postgresql_where=sa.text('context'))
        batch_op.create_index(batch_op.f('ix_record_matter_id'), ['matter_id'], unique=False)
        batch_op.create_index('ix_record_number', ['number'], unique=False, sqlite_where=sa.text('number IS NOT NULL'), postgresql_where=sa.text('number IS NOT NULL'))

    op.create_table('run',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('feed', sa.String(length=32), nullable=False),
    sa.Column('started_at', sa.DateTime(), nullable=False),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('batches', sa.Integer(), server_default='0', nullable=False),
    sa.Column('received', sa.Integer(), server_default='0', nullable=False),
    sa.Column('new', sa.Integer(), server_default='0', nullable=False),
    sa.Column('changed', sa.Integer(), server_default='0', nullable=False),
    sa.Column('unchanged', sa.Integer(), server_default='0', nullable=False),
    sa.Column('withdrawn', sa.Integer(), server_default='0', nullable=False),
    sa.Column('quarantined', sa.Integer(), server_default='0', nullable=False),
    sa.Column('watermark_before', sa.Text(), nullable=True),
    sa.Column('watermark_after', sa.Text(), nullable=True),
    sa.Column('error', sa.String(), server_default='', nullable=False),
    sa.ForeignKeyConstraint(['feed'], ['feed.code'], name=op.f('fk_run_feed')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_run'))
    )
    with op.batch_alter_table('run', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_run_feed_id'), ['feed', 'id'], unique=False)

    op.create_table('quarantine',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('feed', sa.String(length=32), nullable=False),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('origin', sa.String(), server_default='', nullable=False),
    sa.Column('row_no', sa.Integer(), nullable=True),
    sa.Column('column', sa.String(), nullable=True),
    sa.Column('reason', sa.String(length=32), nullable=False),
    sa.Column('message', sa.Text(), nullable=False),
    sa.Column('raw', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=10), server_default='open', nullable=False),
    sa.ForeignKeyConstraint(['feed'], ['feed.code'], name=op.f('fk_quarantine_feed')),
    sa.ForeignKeyConstraint(['run_id'], ['run.id'], name=op.f('fk_quarantine_run_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quarantine'))
    )
    with op.batch_alter_table('quarantine', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_quarantine_feed_reason'), ['feed', 'reason'], unique=False)

    op.create_table('record_version',
    sa.Column('record_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('version_no', sa.Integer(), nullable=False),
    sa.Column('learned_at', sa.DateTime(), nullable=False),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('digest', sa.String(length=32), nullable=False),
    sa.Column('payload', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['run_id'], ['run.id'], name=op.f('fk_record_version_run_id')),
    sa.PrimaryKeyConstraint('record_id', 'version_no', name=op.f('pk_record_version'))
    )


def downgrade() -> None:
    op.drop_table('record_version')
    with op.batch_alter_table('quarantine', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_quarantine_feed_reason'))

    op.drop_table('quarantine')
    with op.batch_alter_table('run', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_run_feed_id'))

    op.drop_table('run')
    with op.batch_alter_table('record', schema=None) as batch_op:
        batch_op.drop_index('ix_record_number', sqlite_where=sa.text('number IS NOT NULL'), postgresql_where=sa.text('number IS NOT NULL'))
        batch_op.drop_index(batch_op.f('ix_record_matter_id'))
        batch_op.drop_index('ix_record_context', sqlite_where=sa.text('context'), postgresql_where=sa.text('context'))

    op.drop_table('record')
    with op.batch_alter_table('listing_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_listing_event_listing_id'))

    op.drop_table('listing_event')
    op.drop_table('feed_file')
    op.drop_table('session')
    with op.batch_alter_table('matter', schema=None) as batch_op:
        batch_op.drop_index('ix_matter_town')
        batch_op.drop_index('ix_matter_source')
        batch_op.drop_index('ix_matter_open', sqlite_where=sa.text('is_open'), postgresql_where=sa.text('is_open'))
        batch_op.drop_index('ix_matter_county')
        batch_op.drop_index('ix_matter_category')
        batch_op.drop_index('ix_matter_accepted')

    op.drop_table('matter')
    with op.batch_alter_table('listing', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_listing_state'))

    op.drop_table('listing')
    op.drop_table('feed')
    op.drop_table('centre')
    op.drop_table('api_token')
    op.drop_table('source')
    op.drop_table('rollup')
    with op.batch_alter_table('reference', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_reference_number'))

    op.drop_table('reference')
    with op.batch_alter_table('link', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_link_other_id'))

    op.drop_table('link')
    op.drop_table('lease')
    with op.batch_alter_table('filing', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_filing_matter_id'))
        batch_op.drop_index(batch_op.f('ix_filing_filed_on'))

    op.drop_table('filing')
    op.drop_table('data_version')
    op.drop_table('counter')
    with op.batch_alter_table('audit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_audit_at'))

    op.drop_table('audit')
    with op.batch_alter_table('area', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_area_parent'))
        batch_op.drop_index(batch_op.f('ix_area_level'))

    op.drop_table('area')
    op.drop_table('agency')
    op.drop_table('account')
