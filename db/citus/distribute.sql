-- Distributes a populated Airtime database in place, by organization: docs/citus.md. Run on the coordinator, by the owner
-- of the tables, after `airtime migrate` and with the service stopped. Running it again changes nothing.

do $$
declare
  name text;
begin
  for name in
    -- Whatever belongs to one organization: its keys all begin with the organization's. Who looks a row up by something
    -- else (people, keys, invitations, what a provider sends) finds it on the coordinator, where it stays.
    select c.relname
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
      and exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary)
      and not exists (
        select from pg_index i
        join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
        where i.indrelid = c.oid and i.indisunique and a.attname <> 'org_id')
      and not exists (select from pg_constraint f where f.conrelid = c.oid and f.contype = 'f')
      and not exists (select from pg_dist_partition p where p.logicalrelid = c.oid)
    -- The account first: the others are put where it is, so that a posting stays on one machine.
    order by c.relname <> 'account', c.relname
  loop
    if name = 'account' then
      perform create_distributed_table('account', 'org_id');
    else
      perform create_distributed_table(format('%I', name)::regclass, 'org_id', colocate_with => 'account');
    end if;
    -- Its rows are on the workers now; what the coordinator had goes away.
    perform truncate_local_data_after_distributing_table(format('%I', name)::regclass);
  end loop;
  -- Every batch asks for the newest version, whichever machine it works on.
  if not exists (select from pg_dist_partition p where p.logicalrelid = 'price_version'::regclass) then
    perform create_reference_table('price_version');
    perform truncate_local_data_after_distributing_table('price_version');
  end if;
end
$$;
