-- Mail: what is to be sent, and who wants no warnings.

-- One row a mail and recipient. What it says is encrypted with the organization's key, and forgotten once it was sent.
create table mail_delivery (
  org_id text not null,
  id text not null,
  kind text not null check (kind in ('low', 'depleted', 'critical', 'recovered', 'invitation')),
  sealed text,
  status text not null default 'pending' check (status in ('pending', 'sent', 'failed')),
  attempts integer not null default 0 check (attempts >= 0),
  next_attempt_at timestamptz not null default now(),
  -- Whoever sends it has it until then; a sender that died loses it.
  leased_until timestamptz,
  reason text,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (org_id, id),
  check (status <> 'pending' or sealed is not null),
  check ((status = 'pending') = (ended_at is null))
);
create index mail_delivery_pending on mail_delivery (org_id, id) where status = 'pending';

-- Addresses, as a keyed digest, that ended the warnings of an organization.
create table mail_opt_out (
  org_id text not null,
  address_digest text not null,
  created_at timestamptz not null default now(),
  primary key (org_id, address_digest)
);
