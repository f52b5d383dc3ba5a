-- Organizations are kept apart by the database: the roles that the service works as (src/storage/roles.ts) own nothing, and
-- what they see of a table its policies say. Forced, so that the owner is no exception.
set lock_timeout = '5s';

grant usage on schema public to airtime_app, airtime_engine;

-- The engine's role reads and writes what belongs to anybody, but the ledger it can only add to. The tables of later
-- migrations are its own to read and write too, unless they take that back.
grant select, insert, update, delete on all tables in schema public to airtime_engine;
alter default privileges in schema public grant select, insert, update, delete on tables to airtime_engine;
revoke update, delete on transaction, audit_event, sold_package from airtime_engine;
revoke insert, update, delete on schema_version from airtime_engine;

-- The organization's role has what requests read for one organization, and the little that they write without the engine.
grant select on account, transaction, session, outbox, session_artifact, organization_key, organization_setting, member,
  invitation, api_key, purchase, usage_refund, usage_rollup, usage_rollup_cursor, spend_limit, mail_opt_out,
  webhook_endpoint, webhook_message, webhook_delivery, price_version, audit_event, organization to airtime_app;
-- Names and addresses of people, and nothing of how they sign in.
grant select (id, name, email) on person to airtime_app;
grant insert on account to airtime_app;
grant insert, update on organization_setting, session_artifact to airtime_app;
-- Made on first use. Only the engine's role may change it: without its key an organization's data is gone.
grant insert on organization_key to airtime_app;
grant insert, delete on mail_opt_out to airtime_app;

-- One organization's rows: those of the organization that the transaction names. Without one the setting is null or empty.
do $$
declare
  name text;
begin
  for name in select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'org_id'
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by c.relname
  loop
    execute format('alter table %I enable row level security, force row level security', name);
    execute format('create policy everybody on %I to airtime_engine using (true) with check (true)', name);
    continue when name = 'price_version';
    execute format($policy$create policy own on %I to airtime_app
      using (org_id = current_setting('app.org_id', true))$policy$, name);
  end loop;
end
$$;
-- The price book is everyone's, but for what was agreed with another organization.
create policy own on price_version to airtime_app
  using (org_id is null or org_id = current_setting('app.org_id', true));

-- These two say whose they are in another way.
alter table organization enable row level security, force row level security;
create policy everybody on organization to airtime_engine using (true) with check (true);
create policy own on organization to airtime_app using (id = current_setting('app.org_id', true));
alter table person enable row level security, force row level security;
create policy everybody on person to airtime_engine using (true) with check (true);
create policy own on person to airtime_app using (exists (select 1 from member m where m.user_id = person.id));
