-- Money in: checkouts we opened, orders of the payment provider, the webhooks it sent, and where reconciliation stands.

-- Written before the provider is asked for a checkout, so that an order can always be traced to who started it.
create table checkout (
  org_id text not null,
  id text not null,
  variant_id text not null,
  buyer_id text not null,
  buyer_name text not null,
  -- Encrypted for its later place, the purchase's transaction.
  sealed_ip text,
  provider_checkout_id text,
  created_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > created_at),
  primary key (org_id, id)
);
create index checkout_buyer on checkout (org_id, buyer_id, variant_id);
-- Reconciliation asks how far back an order of ours can lie, over all organizations.
create index checkout_created on checkout (created_at);

-- Whose an order is, decided once: the first claim stands, whichever door it came through. Global, because an order's
-- number says nothing about its organization. The ledger's own record of it is purchase.
create table lemon_squeezy_order (
  store_id text not null,
  order_id text not null,
  org_id text not null,
  checkout_id text,
  ordered_at timestamptz not null,
  -- The largest cumulative refund carried out; null while there was none.
  refunded_minor bigint check (refunded_minor >= 0),
  checked_at timestamptz not null default now(),
  primary key (store_id, order_id)
);
create index lemon_squeezy_order_checkout on lemon_squeezy_order (org_id, checkout_id) where checkout_id is not null;
create index lemon_squeezy_order_check on lemon_squeezy_order (store_id, checked_at);

-- The webhook inbox, and what reconciliation found on its own. One row for each distinct body: the provider sends the
-- same bytes again when it retries, and gives no id that is promised to stay.
create table lemon_squeezy_event (
  id text primary key,
  event_name text not null,
  store_id text,
  order_id text,
  test_mode boolean not null,
  -- Cumulative, of a refund's event.
  refunded_minor bigint check (refunded_minor >= 0),
  -- What the checkout's custom data named, whether it exists or not.
  named_org_id text,
  named_checkout_id text,
  -- The raw body, encrypted with the key of sealed_for: the organization, or "system" where none is known.
  sealed_for text,
  sealed_body text,
  status text not null check (status in ('processed', 'ignored', 'parked', 'failed')),
  reason text,
  deliveries integer not null check (deliveries >= 0),
  received_at timestamptz not null default now(),
  last_received_at timestamptz not null default now(),
  check ((sealed_for is null) = (sealed_body is null)),
  check (status = 'processed' or reason is not null)
);
create index lemon_squeezy_event_received on lemon_squeezy_event (received_at desc, id desc);
create index lemon_squeezy_event_order on lemon_squeezy_event (order_id, store_id) where order_id is not null;
create index lemon_squeezy_event_parked on lemon_squeezy_event (received_at) where status = 'parked';

-- One row a store: which process reconciles now (a lease that runs out by itself), and up to when all was seen.
create table payment_reconciliation (
  store_id text primary key,
  holder text,
  leased_until timestamptz,
  walked_until timestamptz
);
