-- Outbound webhooks: who is told, what is told, and what came of it.

create table webhook_endpoint (
  org_id text not null,
  id text not null,
  url text not null check (length(url) between 1 and 2048),
  events text[] not null check (cardinality(events) > 0),
  -- Encrypted with the organization's key. The old secret signs too until it runs out, so that receivers can change over.
  sealed_secret text not null,
  sealed_old_secret text,
  old_secret_until timestamptz,
  disabled_at timestamptz,
  disabled_reason text,
  -- The first of the failures since which nothing was delivered.
  failing_since timestamptz,
  -- Whoever sends to it has it until then; a sender that died loses it.
  holder text,
  leased_until timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (org_id, id),
  check ((sealed_old_secret is null) = (old_secret_until is null)),
  check ((disabled_at is null) = (disabled_reason is null))
) with (fillfactor = 70);

-- What is told, once for all who are told it. Encrypted with the organization's key.
create table webhook_message (
  org_id text not null,
  id text not null,
  type text not null,
  sealed text not null,
  created_at timestamptz not null default now(),
  primary key (org_id, id)
);

-- One row a message and endpoint, and one for each time it is sent anew on request.
create table webhook_delivery (
  org_id text not null,
  id text not null,
  endpoint_id text not null,
  message_id text not null,
  -- First attempts go out in this order.
  place bigint not null,
  status text not null default 'pending' check (status in ('pending', 'delivered', 'failed')),
  attempts integer not null default 0 check (attempts >= 0),
  next_attempt_at timestamptz not null default now(),
  -- The last attempt.
  attempted_at timestamptz,
  response_status integer,
  sealed_response text,
  duration_ms integer,
  error text,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (org_id, id),
  foreign key (org_id, endpoint_id) references webhook_endpoint (org_id, id) on delete cascade,
  foreign key (org_id, message_id) references webhook_message (org_id, id) on delete cascade,
  check ((status = 'pending') = (ended_at is null))
) with (fillfactor = 70);
create index webhook_delivery_log on webhook_delivery (org_id, endpoint_id, id desc);
create index webhook_delivery_message on webhook_delivery (org_id, message_id);
create index webhook_delivery_due on webhook_delivery (org_id, endpoint_id, next_attempt_at) where status = 'pending';
create index webhook_delivery_first on webhook_delivery (org_id, endpoint_id, place)
  where status = 'pending' and attempts = 0;
