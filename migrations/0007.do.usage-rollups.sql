-- Usage summed by the hour, for charts. Derived from the ledger up to a sequence number, and made anew from it at will.
set lock_timeout = '5s';

create table usage_rollup (
  org_id text not null,
  dimension text not null check (dimension in ('agent', 'architecture', 'component', 'api_key', 'user')),
  hour timestamptz not null,
  member text not null,
  name text,
  amount bigint not null,
  sessions bigint not null,
  duration_ms bigint not null,
  messages bigint not null,
  units bigint not null,
  primary key (org_id, dimension, hour, member)
);

-- How far the ledger's usage is summed: moved in the same transaction as the sums.
create table usage_rollup_cursor (
  org_id text primary key,
  consumption_seq bigint not null check (consumption_seq >= 0)
);
