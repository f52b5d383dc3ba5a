-- Spend limits: how much an organization, one of its agents, API keys or end users may use in a UTC day or month.
set lock_timeout = '5s';

-- Told with the lock of the account: who has none never looks for one.
alter table account add column has_spend_limits boolean not null default false;

-- The limit and its count in one row, changed in place under the account's lock. Few an organization.
create table spend_limit (
  org_id text not null,
  scope text not null check (scope in ('organization', 'agent', 'api_key', 'user')),
  -- The agent's, key's or end user's id; empty for the organization itself.
  subject text not null,
  period text not null check (period in ('day', 'month')),
  amount bigint not null check (amount >= 0),
  -- Of the period that spent and told are of: in a later one nothing is spent yet.
  period_start timestamptz not null,
  spent bigint not null check (spent >= 0),
  held bigint not null check (held >= 0),
  told text not null check (told in ('ok', 'near', 'reached')),
  primary key (org_id, scope, subject, period),
  check ((scope = 'organization') = (subject = ''))
) with (fillfactor = 50);

-- Limits that the entry tells of, as they stood then.
alter table outbox add column spend_alerts json;
drop index outbox_alert;
create index outbox_alert on outbox (org_id, seq) where alerts is not null or spend_alerts is not null;

alter table organization_setting drop column spend_limits;

alter table mail_delivery drop constraint mail_delivery_kind_check;
alter table mail_delivery add constraint mail_delivery_kind_check
  check (kind in ('low', 'depleted', 'critical', 'recovered', 'spend_near', 'spend_reached', 'invitation', 'webhook_off'));
