-- Distributes a populated Airtime database in place, by organization: docs/citus.md. Run once on the coordinator, as the
-- owner of the tables, after `airtime migrate`, with the service stopped. Running it again changes nothing.
-- Every per-organization table is colocated, so that one organization's transaction stays on one machine.

do $$
declare
  -- Tables whose rows belong to one organization, but which the identity library reads by other keys too: they stay whole
  -- on every machine, as do the price book and what comes in before its organization is known.
  reference_tables constant text[] := array['price_version'];
  name text;
begin
  for name in
    select t.table_name
    from information_schema.tables t
    join information_schema.table_constraints k
      on k.table_schema = t.table_schema and k.table_name = t.table_name and k.constraint_type = 'PRIMARY KEY'
    join information_schema.key_column_usage c
      on c.constraint_schema = k.constraint_schema and c.constraint_name = k.constraint_name
    where t.table_schema = 'public' and t.table_type = 'BASE TABLE'
      and c.ordinal_position = 1 and c.column_name = 'org_id'
      and not exists (select from pg_dist_partition p where p.logicalrelid = format('%I', t.table_name)::regclass)
    order by t.table_name <> 'account', t.table_name -- the account first: the others are put where it is
  loop
    if name = 'account' then
      perform create_distributed_table('account', 'org_id');
    else
      perform create_distributed_table(format('%I', name)::regclass, 'org_id', colocate_with => 'account');
    end if;
  end loop;
  foreach name in array reference_tables loop
    if not exists (select from pg_dist_partition p where p.logicalrelid = format('%I', name)::regclass) then
      perform create_reference_table(format('%I', name)::regclass);
    end if;
  end loop;
end
$$;

-- The coordinator keeps copies of the rows it handed out until this is done for each table.
do $$
declare
  name regclass;
begin
  for name in select p.logicalrelid from pg_dist_partition p loop
    perform truncate_local_data_after_distributing_table(name);
  end loop;
end
$$;
