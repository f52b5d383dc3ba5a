-- People, organizations, members and API keys. These tables are small and global: a person belongs to several
-- organizations and a key is looked up by its hash alone, so past one machine they are replicated to every worker.
-- The columns of the first seven are what the sign-in library reads and writes (src/http/better-auth.ts).

create table person (
  id text primary key,
  name text not null check (length(name) between 1 and 200),
  email text not null unique check (email = lower(email)),
  email_verified boolean not null,
  image text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table organization (
  id text primary key,
  name text not null check (length(name) between 1 and 200),
  slug text not null unique,
  logo text,
  metadata text,
  created_at timestamptz not null default now()
);

-- Where somebody is signed in. The address is never written: it is personal data and the audit log has it, encrypted.
create table person_session (
  id text primary key,
  user_id text not null references person (id) on delete cascade,
  token text not null unique,
  expires_at timestamptz not null,
  ip_address text,
  user_agent text,
  active_org_id text references organization (id),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index person_session_user on person_session (user_id);

-- How somebody signs in: a password, hashed.
create table person_credential (
  id text primary key,
  user_id text not null references person (id) on delete cascade,
  account_id text not null,
  provider_id text not null,
  password text,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index person_credential_user on person_credential (user_id);

create table person_verification (
  id text primary key,
  identifier text not null,
  value text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index person_verification_identifier on person_verification (identifier);

create table member (
  org_id text not null references organization (id),
  id text not null unique,
  user_id text not null references person (id),
  role text not null check (role in ('owner', 'admin', 'member')),
  created_at timestamptz not null default now(),
  primary key (org_id, user_id)
);
create index member_user on member (user_id);
-- An organization never has two Owners; that it has one is kept by the only two statements that touch the role.
create unique index member_owner on member (org_id) where role = 'owner';

-- Somebody without an account yet. They join when they sign up with the address.
create table invitation (
  org_id text not null references organization (id),
  id text not null unique,
  email text not null check (email = lower(email)),
  role text not null check (role in ('admin', 'member')),
  status text not null check (status in ('pending', 'accepted')),
  inviter_id text references person (id),
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  primary key (org_id, email)
);
create index invitation_email on invitation (email) where status = 'pending';

-- Only the hash of a key is kept: the key has 190 bits of randomness, so a plain SHA-256 cannot be searched.
create table api_key (
  org_id text not null references organization (id),
  id text not null,
  name text not null check (length(name) between 1 and 200),
  scopes text[] not null check (cardinality(scopes) > 0 and scopes <@ array['charge', 'read', 'admin']),
  prefix text not null,
  hash bytea not null check (length(hash) = 32),
  created_by text not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  revoked_at timestamptz,
  primary key (org_id, id)
);
create unique index api_key_hash on api_key (hash);
