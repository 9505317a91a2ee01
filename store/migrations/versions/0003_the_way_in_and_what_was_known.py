"""What a way in that a city can trust needs, and what the store knew earlier."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """New tables, and new columns of feeds, runs and quarantine."""
    op.create_table('filing_was',
    sa.Column('row_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('since', sa.DateTime(), nullable=False),
    sa.Column('until', sa.DateTime(), nullable=False),
    sa.Column('record_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('county_code', sa.String(length=16), server_default='', nullable=False),
    sa.Column('matter_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('filed_on', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('row_id', name=op.f('pk_filing_was'))
    )
    op.create_index(op.f('ix_filing_was_matter_id'), 'filing_was', ['matter_id'], unique=False)
    op.create_index(op.f('ix_filing_was_until_since'), 'filing_was', ['until', 'since'], unique=False)
    op.create_table('matter_was',
    sa.Column('row_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('since', sa.DateTime(), nullable=False),
    sa.Column('until', sa.DateTime(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('county_code', sa.String(length=16), nullable=False),
    sa.Column('town_code', sa.String(length=16), nullable=False),
    sa.Column('village_code', sa.String(length=16), nullable=False),
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
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('first_agency', sa.String(length=32), nullable=False),
    sa.Column('agencies', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('owner', sa.String(), nullable=False),
    sa.Column('people', sa.Integer(), nullable=True),
    sa.Column('amount', sa.Float(), nullable=True),
    sa.Column('scale', sa.String(length=12), nullable=False),
    sa.Column('satisfied', sa.Boolean(), nullable=True),
    sa.Column('escalated', sa.Boolean(), nullable=False),
    sa.Column('litigated', sa.Boolean(), nullable=False),
    sa.Column('mediation', sa.String(length=8), nullable=True),
    sa.Column('record_count', sa.Integer(), nullable=False),
    sa.Column('source', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('row_id', name=op.f('pk_matter_was'))
    )
    op.create_index(op.f('ix_matter_was_code'), 'matter_was', ['code'], unique=False)
    op.create_index(op.f('ix_matter_was_id'), 'matter_was', ['id'], unique=False)
    op.create_index(op.f('ix_matter_was_until_since'), 'matter_was', ['until', 'since'], unique=False)
    op.create_table('record_was',
    sa.Column('row_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('since', sa.DateTime(), nullable=False),
    sa.Column('until', sa.DateTime(), nullable=False),
    sa.Column('record_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('matter_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('number', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('row_id', name=op.f('pk_record_was'))
    )
    op.create_index(op.f('ix_record_was_matter_id'), 'record_was', ['matter_id'], unique=False)
    op.create_index(op.f('ix_record_was_record_id_until'), 'record_was', ['record_id', 'until'], unique=False)
    op.create_index(op.f('ix_record_was_until_since'), 'record_was', ['until', 'since'], unique=False)
    op.create_table('moment',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('used_at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_moment')),
    sa.UniqueConstraint('at', name=op.f('uq_moment_at'))
    )
    op.create_table('notice',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('feed', sa.String(length=32), server_default='', nullable=False),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.Column('sent_at', sa.DateTime(), nullable=True),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('error', sa.String(), server_default='', nullable=False),
    sa.Column('given_up', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice'))
    )
    op.create_index(op.f('ix_notice_sent_at'), 'notice', ['sent_at'], unique=False)
    op.create_table('rollup_at',
    sa.Column('moment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
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
    sa.Column('open', sa.Integer(), nullable=False),
    sa.Column('past_limit', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('moment_id', 'grain', 'category', 'source', 'county_code', 'period', 'town_code', name=op.f('pk_rollup_at')),
    sqlite_with_rowid=False
    )
    op.create_table('feed_column',
    sa.Column('feed', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('shape', sa.String(length=12), nullable=False),
    sa.Column('first_seen', sa.DateTime(), nullable=False),
    sa.Column('last_seen', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['feed'], ['feed.code'], name=op.f('fk_feed_column_feed')),
    sa.PrimaryKeyConstraint('feed', 'name', name=op.f('pk_feed_column'))
    )
    op.create_table('feed_request',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('feed', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('asked_at', sa.DateTime(), nullable=False),
    sa.Column('asked_by', sa.String(), server_default='', nullable=False),
    sa.Column('note', sa.String(), server_default='', nullable=False),
    sa.Column('since', sa.Date(), nullable=True),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('started_at', sa.DateTime(), nullable=True),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('done_rows', sa.Integer(), server_default='0', nullable=False),
    sa.Column('total_rows', sa.Integer(), nullable=True),
    sa.Column('error', sa.String(), server_default='', nullable=False),
    sa.ForeignKeyConstraint(['feed'], ['feed.code'], name=op.f('fk_feed_request_feed')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feed_request'))
    )
    op.create_index(op.f('ix_feed_request_state_feed'), 'feed_request', ['state', 'feed'], unique=False)
    op.create_table('push_key',
    sa.Column('feed', sa.String(length=32), nullable=False),
    sa.Column('key', sa.String(length=128), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['feed'], ['feed.code'], name=op.f('fk_push_key_feed')),
    sa.PrimaryKeyConstraint('feed', 'key', name=op.f('pk_push_key'))
    )
    op.create_index(op.f('ix_push_key_at'), 'push_key', ['at'], unique=False)
    op.create_table('push_secret',
    sa.Column('key_id', sa.String(length=32), nullable=False),
    sa.Column('feed', sa.String(length=32), nullable=False),
    sa.Column('label', sa.String(), server_default='', nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('used_at', sa.DateTime(), nullable=True),
    sa.Column('revoked_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['feed'], ['feed.code'], name=op.f('fk_push_secret_feed')),
    sa.PrimaryKeyConstraint('key_id', name=op.f('pk_push_secret'))
    )
    op.create_index(op.f('ix_push_secret_feed'), 'push_secret', ['feed'], unique=False)
    op.create_table('drift',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('feed', sa.String(length=32), nullable=False),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('column', sa.String(), nullable=False),
    sa.Column('detail', sa.String(), server_default='', nullable=False),
    sa.Column('rows', sa.Integer(), server_default='0', nullable=False),
    sa.Column('state', sa.String(length=10), server_default='open', nullable=False),
    sa.Column('noted_at', sa.DateTime(), nullable=True),
    sa.Column('noted_by', sa.String(), server_default='', nullable=False),
    sa.ForeignKeyConstraint(['feed'], ['feed.code'], name=op.f('fk_drift_feed')),
    sa.ForeignKeyConstraint(['run_id'], ['run.id'], name=op.f('fk_drift_run_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_drift'))
    )
    op.create_index(op.f('ix_drift_feed_state'), 'drift', ['feed', 'state'], unique=False)
    op.create_table('raw_batch',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('feed', sa.String(length=32), nullable=False),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('origin', sa.String(), server_default='', nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['feed'], ['feed.code'], name=op.f('fk_raw_batch_feed')),
    sa.ForeignKeyConstraint(['run_id'], ['run.id'], name=op.f('fk_raw_batch_run_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_raw_batch'))
    )
    op.create_index(op.f('ix_raw_batch_expires_on'), 'raw_batch', ['expires_on'], unique=False)
    op.create_index(op.f('ix_raw_batch_run_id'), 'raw_batch', ['run_id'], unique=False)
    op.create_table('snapshot_hold',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('feed', sa.String(length=32), nullable=False),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('known', sa.Integer(), nullable=False),
    sa.Column('present', sa.Integer(), nullable=False),
    sa.Column('absent', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('decided_at', sa.DateTime(), nullable=True),
    sa.Column('decided_by', sa.String(), server_default='', nullable=False),
    sa.Column('note', sa.String(), server_default='', nullable=False),
    sa.Column('keys', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['feed'], ['feed.code'], name=op.f('fk_snapshot_hold_feed')),
    sa.ForeignKeyConstraint(['run_id'], ['run.id'], name=op.f('fk_snapshot_hold_run_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_snapshot_hold'))
    )
    op.create_index(op.f('ix_snapshot_hold_feed_state'), 'snapshot_hold', ['feed', 'state'], unique=False)
    op.add_column('feed', sa.Column('paused_at', sa.DateTime(), nullable=True))
    op.add_column('feed', sa.Column('paused_by', sa.String(), server_default='', nullable=False))
    op.add_column('feed', sa.Column('paused_why', sa.String(), server_default='', nullable=False))
    op.add_column('feed', sa.Column('failures', sa.Integer(), server_default='0', nullable=False))
    op.add_column('feed', sa.Column('circuit_until', sa.DateTime(), nullable=True))
    op.add_column('quarantine', sa.Column('raw_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True))
    op.add_column('quarantine', sa.Column('raw_index', sa.Integer(), nullable=True))
    op.add_column('quarantine', sa.Column('closed_at', sa.DateTime(), nullable=True))
    op.add_column('quarantine', sa.Column('closed_by', sa.String(), server_default='', nullable=False))
    op.add_column('quarantine', sa.Column('closing', sa.String(), server_default='', nullable=False))
    op.add_column('quarantine', sa.Column('closed_run', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True))
    op.add_column('quarantine', sa.Column('edited', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.add_column('quarantine', sa.Column('digest', sa.String(length=32), nullable=True))
    op.create_index(op.f('ix_quarantine_feed_digest'), 'quarantine', ['feed', 'digest'], unique=False)
    op.create_index(op.f('ix_quarantine_state_feed'), 'quarantine', ['state', 'feed'], unique=False)
    op.add_column('run', sa.Column('kind', sa.String(length=12), server_default='pull', nullable=False))
    op.add_column('run', sa.Column('by', sa.String(), server_default='', nullable=False))
    op.add_column('run', sa.Column('data_at', sa.DateTime(), nullable=True))
    op.add_column('run', sa.Column('absent', sa.Integer(), server_default='0', nullable=False))
    op.add_column('filing', sa.Column('since', sa.DateTime(), server_default='1990-01-01 00:00:00.000000', nullable=False))
    op.add_column('data_version', sa.Column('clock', sa.DateTime(), nullable=True))
    op.add_column('data_version', sa.Column('history_from', sa.DateTime(), nullable=True))
    # What an older store said before its last change was not kept: its history begins with that change.
    op.execute('UPDATE data_version SET clock = changed_at, history_from = changed_at WHERE version > 0')


def downgrade() -> None:
    """Take them away."""
    op.drop_column('data_version', 'history_from')
    op.drop_column('data_version', 'clock')
    op.drop_column('filing', 'since')
    op.drop_column('run', 'absent')
    op.drop_column('run', 'data_at')
    op.drop_column('run', 'by')
    op.drop_column('run', 'kind')
    op.drop_index(op.f('ix_quarantine_state_feed'), table_name='quarantine')
    op.drop_index(op.f('ix_quarantine_feed_digest'), table_name='quarantine')
    op.drop_column('quarantine', 'digest')
    op.drop_column('quarantine', 'edited')
    op.drop_column('quarantine', 'closed_run')
    op.drop_column('quarantine', 'closing')
    op.drop_column('quarantine', 'closed_by')
    op.drop_column('quarantine', 'closed_at')
    op.drop_column('quarantine', 'raw_index')
    op.drop_column('quarantine', 'raw_id')
    op.drop_column('feed', 'circuit_until')
    op.drop_column('feed', 'failures')
    op.drop_column('feed', 'paused_why')
    op.drop_column('feed', 'paused_by')
    op.drop_column('feed', 'paused_at')
    op.drop_index(op.f('ix_snapshot_hold_feed_state'), table_name='snapshot_hold')
    op.drop_table('snapshot_hold')
    op.drop_index(op.f('ix_raw_batch_run_id'), table_name='raw_batch')
    op.drop_index(op.f('ix_raw_batch_expires_on'), table_name='raw_batch')
    op.drop_table('raw_batch')
    op.drop_index(op.f('ix_drift_feed_state'), table_name='drift')
    op.drop_table('drift')
    op.drop_index(op.f('ix_push_secret_feed'), table_name='push_secret')
    op.drop_table('push_secret')
    op.drop_index(op.f('ix_push_key_at'), table_name='push_key')
    op.drop_table('push_key')
    op.drop_index(op.f('ix_feed_request_state_feed'), table_name='feed_request')
    op.drop_table('feed_request')
    op.drop_table('feed_column')
    op.drop_table('rollup_at')
    op.drop_index(op.f('ix_notice_sent_at'), table_name='notice')
    op.drop_table('notice')
    op.drop_table('moment')
    op.drop_index(op.f('ix_record_was_until_since'), table_name='record_was')
    op.drop_index(op.f('ix_record_was_record_id_until'), table_name='record_was')
    op.drop_index(op.f('ix_record_was_matter_id'), table_name='record_was')
    op.drop_table('record_was')
    op.drop_index(op.f('ix_matter_was_until_since'), table_name='matter_was')
    op.drop_index(op.f('ix_matter_was_id'), table_name='matter_was')
    op.drop_index(op.f('ix_matter_was_code'), table_name='matter_was')
    op.drop_table('matter_was')
    op.drop_index(op.f('ix_filing_was_until_since'), table_name='filing_was')
    op.drop_index(op.f('ix_filing_was_matter_id'), table_name='filing_was')
    op.drop_table('filing_was')
