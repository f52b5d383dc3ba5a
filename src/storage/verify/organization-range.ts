import type pg from "pg";

/** Organizations that are verified in one snapshot: all whose ids lie from `first` to `last`, both included. */
export type OrganizationRange = { readonly first: string; readonly last: string };

// An id at a time, from index to index: a distinct over millions of transactions would read them all.
const NEXT_ID = (after: string) => `select min(next.id) from (
    select min(org_id) as id from account where org_id > ${after}
    union all select min(org_id) from transaction where org_id > ${after}
    union all select min(org_id) from session where org_id > ${after}
    union all select min(org_id) from audit_head where org_id > ${after}) as next`;
const NEXT_IDS = `with recursive ids (id) as (
    select (${NEXT_ID("$1")}) union all select (${NEXT_ID("ids.id")}) from ids where ids.id is not null)
  select id from ids where id is not null limit $2`;

/** The next organizations in the order of their ids, those that lost their account included; null after the last.
 *  @param after exclusive; the empty text comes before every id. */
export async function nextRange(
  client: pg.ClientBase,
  after: string,
  organizationsMax: number,
): Promise<OrganizationRange | null> {
  const { rows } = await client.query<{ id: string }>(NEXT_IDS, [after, organizationsMax]);
  const first = rows.at(0)?.id;
  const last = rows.at(-1)?.id;
  return first === undefined || last === undefined ? null : { first, last };
}

/** The range of one organization; null when nothing of it is stored. */
export async function rangeOf(
  client: pg.ClientBase,
  organizationId: string,
): Promise<OrganizationRange | null> {
  const { rows } = await client.query(
    `select 1 from account where org_id = $1
     union all (select 1 from transaction where org_id = $1 limit 1)
     union all (select 1 from session where org_id = $1 limit 1)
     union all select 1 from audit_head where org_id = $1`,
    [organizationId],
  );
  return rows.length === 0 ? null : { first: organizationId, last: organizationId };
}
