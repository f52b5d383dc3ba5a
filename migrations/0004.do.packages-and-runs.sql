-- What each variant was sold as, and from when on: a change of the packages on sale must not change what an order of
-- before brings, nor one whose checkout was opened before. Rows are only added.
create table sold_package (
  store_id text not null,
  variant_id text not null,
  since timestamptz not null default now(),
  name text not null,
  credits bigint not null check (credits > 0),
  price_cents bigint not null check (price_cents > 0),
  currency text not null,
  primary key (store_id, variant_id, since)
);

-- How the last reconciliation ended, whichever process ran it: the operator's view of drift.
alter table payment_reconciliation
  add column ended_at timestamptz,
  add column outcome text,
  add column reason text,
  add column counts jsonb,
  add constraint payment_reconciliation_run check ((ended_at is null) = (outcome is null));

-- What waits for something or for a person is counted and listed without looking at all that was processed.
drop index lemon_squeezy_event_parked;
create index lemon_squeezy_event_open on lemon_squeezy_event (status, received_at desc) where status in ('parked', 'failed');
