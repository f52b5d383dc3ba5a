-- Accounts, the ledger, billing sessions and what makes commands repeatable.
-- Money is bigint ten-thousandths of a credit. org_id leads every key and index (docs/decisions/0002-spine.md).

-- One row an organization, hot: nothing that changes is indexed, and half of each page is free, so updates stay in place.
create table account (
  org_id text primary key,
  balance bigint not null,
  held bigint not null check (held >= 0),
  grace_limit bigint not null check (grace_limit >= 0),
  grace_limit_set bigint not null check (grace_limit_set >= 0 and grace_limit_set <= grace_limit),
  low_balance_threshold bigint not null check (low_balance_threshold >= 0),
  alert_state text not null check (alert_state in ('ok', 'low', 'depleted', 'critical')),
  active_sessions integer not null check (active_sessions >= 0),
  -- Whether events that cost nothing are on record (natural_id): who has none need not be asked for them.
  has_free_events boolean not null default false,
  -- Counted, so that the number of sessions in any state is one row read.
  settled_sessions bigint not null check (settled_sessions >= 0),
  cancelled_sessions bigint not null check (cancelled_sessions >= 0),
  seq bigint not null,
  topup_seq bigint not null,
  consumption_seq bigint not null,
  refund_seq bigint not null,
  adjustment_seq bigint not null,
  expiry_seq bigint not null,
  news_seq bigint not null,
  total_topups bigint not null,
  total_usage bigint not null,
  head_hash bytea not null check (length(head_hash) = 32),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null,
  check (seq = topup_seq + consumption_seq + refund_seq + adjustment_seq + expiry_seq)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);

-- The ledger. Append-only; seq is dense per organization, type_seq per type, so that any page of any filter is a key range.
create table transaction (
  org_id text not null,
  seq bigint not null check (seq > 0),
  type text not null check (type in ('topup', 'consumption', 'refund', 'adjustment', 'expiry')),
  type_seq bigint not null check (type_seq > 0),
  kind text not null,
  counter_account text not null,
  amount bigint not null check (amount <> 0),
  balance_before bigint not null,
  balance_after bigint not null check (balance_after = balance_before + amount),
  description text not null,
  session_id text,
  metadata json not null,
  actor json,
  sealed_ip text,
  occurred_at timestamptz,
  recorded_at timestamptz not null,
  hash bytea not null check (length(hash) = 32),
  -- The one-shot event that was charged, and the body it came with: the same event again is answered with this row.
  event_id text,
  event_fingerprint text,
  primary key (org_id, seq),
  check ((event_id is null) = (event_fingerprint is null))
);
create unique index transaction_type_seq on transaction (org_id, type, type_seq);
create unique index transaction_event on transaction (org_id, event_id) where event_id is not null;

create table session (
  org_id text not null,
  id text not null,
  fingerprint text not null,
  agent_id text not null,
  agent_name text,
  architecture text not null check (architecture in ('pipeline', 'realtime', 'text', 'api')),
  session_type text not null,
  key_mode text not null,
  llm_model text,
  stt_provider text,
  tts_provider text,
  realtime_model text,
  user_id text,
  metadata json not null,
  price_version integer not null,
  override_version integer,
  started_by json,
  started_at timestamptz not null,
  status text not null check (status in ('active', 'stale', 'settled', 'cancelled')),
  last_report_at timestamptz not null,
  ended_at timestamptz,
  report_seq bigint not null,
  duration_ms bigint not null,
  messages bigint not null,
  units bigint not null,
  grant_limit bigint not null,
  grant_size bigint not null,
  grant_final boolean not null,
  cost bigint not null,
  charged bigint not null,
  uncollected bigint not null check (uncollected >= 0),
  held bigint not null check (held >= 0),
  flags text[] not null,
  transaction_seq bigint,
  primary key (org_id, id),
  check (status in ('active', 'stale') or held = 0),
  check (status <> 'settled' or cost = charged + uncollected)
) with (fillfactor = 70);
create index session_started on session (org_id, started_at desc, id desc);
-- Reports do not touch it: only an open and an end do.
create index session_running on session (org_id, id) where status in ('active', 'stale');
-- Whom added credit lets go on. Only the report that meets the floor, and the one after a top-up, touch it.
create index session_on_final_grant on session (org_id, id) where grant_final and status in ('active', 'stale');

-- Natural ids of credits, orders and the events that cost nothing: what they did earlier, and with which body.
create table natural_id (
  org_id text not null,
  namespace text not null check (namespace in ('event', 'credit', 'order')),
  id text not null,
  fingerprint text not null,
  transaction_seq bigint,
  primary key (org_id, namespace, id),
  check ((namespace = 'event') = (transaction_seq is null))
);

-- How much of a usage transaction has been refunded.
create table usage_refund (
  org_id text not null,
  transaction_seq bigint not null,
  refunded bigint not null check (refunded > 0),
  primary key (org_id, transaction_seq)
);

-- Paid orders, and what was taken back of them.
create table purchase (
  org_id text not null,
  store_id text not null,
  order_id text not null,
  credits bigint not null check (credits > 0),
  total_minor bigint not null check (total_minor >= 0),
  refunded_credits bigint not null check (refunded_credits between 0 and credits),
  transaction_seq bigint not null,
  primary key (org_id, store_id, order_id)
);

-- News for the live stream, mail and webhooks, written with what it tells of. Lean: the rest is joined when it is read. A
-- charge that brings no alert has a number and no row: posted_seq, the last transaction told of so far, tells whose it is.
create table outbox (
  org_id text not null,
  seq bigint not null,
  type text not null,
  transaction_seq bigint,
  posted_seq bigint not null,
  session_id text,
  balance bigint not null,
  held bigint not null,
  alerts text[],
  created_at timestamptz not null,
  primary key (org_id, seq)
);
-- Few entries tell of an alert, and who waits for these need not read the others.
create index outbox_alert on outbox (org_id, seq) where alerts is not null;

-- How far each reader of the outbox has come. Locking its row is the lease: a reader that dies loses it with its
-- connection, and what it did commits together with the new position.
create table outbox_cursor (
  org_id text not null,
  reader text not null,
  seq bigint not null check (seq >= 0),
  primary key (org_id, reader)
) with (fillfactor = 50);

-- Answers stored under an Idempotency-Key. org_id is the organization, or the person where there is none yet.
create table idempotency (
  org_id text not null,
  key text not null,
  fingerprint text not null,
  status integer not null,
  body text not null,
  created_at timestamptz not null default now(),
  primary key (org_id, key)
);

-- Transcript, recording and analysis of a session: encrypted with the organization's key.
create table session_artifact (
  org_id text not null,
  session_id text not null,
  sealed text not null,
  updated_at timestamptz not null default now(),
  primary key (org_id, session_id)
);

-- The secret that all keys come from, wrapped by the master key: one row.
create table root_key (
  id integer primary key check (id = 1),
  wrapped text not null,
  wrapped_at timestamptz not null default now()
);

-- An organization's data keys, each wrapped with a key that comes from the root key; the last one seals. Null: destroyed,
-- and with them what they sealed.
create table organization_key (
  org_id text primary key,
  wrapped text[] check (cardinality(wrapped) > 0),
  created_at timestamptz not null default now()
);

-- The price book, for everyone (org_id null) or one organization. A version is never changed or removed.
create table price_version (
  version integer primary key,
  org_id text,
  effective_from timestamptz not null,
  entries json not null,
  created_by text not null,
  created_at timestamptz not null default now()
);

-- What an Owner set besides the account's own numbers.
create table organization_setting (
  org_id text primary key,
  alert_emails text[] not null default '{}',
  spend_limits json
);
