-- Who did what. Append-only, chained by hash and dense per organization like the ledger (docs/decisions/0011-audit-log.md).
-- What is no organization's (failed sign-ins of unknown people) has the org_id 'platform'.
create table audit_event (
  org_id text not null,
  seq bigint not null check (seq > 0),
  id text not null,
  recorded_at timestamptz not null,
  occurred_at timestamptz not null,
  last_at timestamptz not null check (last_at >= occurred_at),
  actor_type text not null check (actor_type in ('user', 'api_key', 'operator', 'system', 'anonymous')),
  actor_id text,
  action text not null,
  operation text,
  subject text,
  result text not null,
  count integer not null check (count > 0),
  -- Names, addresses and contents, encrypted with the organization's key.
  sealed text,
  hash bytea not null check (length(hash) = 32),
  primary key (org_id, seq)
);
create index audit_event_time on audit_event (org_id, occurred_at);
create index audit_event_action on audit_event (org_id, action, seq);
create index audit_event_actor on audit_event (org_id, actor_id, seq);

-- Where the log of each organization ends. Locked to write: so numbers are dense, and rows missing at the end are noticed.
create table audit_head (
  org_id text primary key,
  seq bigint not null check (seq >= 0),
  hash bytea not null check (length(hash) = 32)
) with (fillfactor = 50);
