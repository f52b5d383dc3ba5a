import type pg from "pg";
import { newId } from "./new-id.ts";

/** Lets a person into every organization that has invited their address, and names the organization they joined
 *  first, or null when they belong to none. Repeatable; does nothing for a person who is not stored yet. */
export async function acceptInvitations(pool: pg.Pool, userId: string): Promise<string | null> {
  const { rows } = await pool.query<{ org_id: string }>(ACCEPT, [userId, newId("mem")]);
  if (rows[0] !== undefined) return rows[0].org_id;
  // The statement above sees the members as they were before it.
  const joined = await pool.query<{ org_id: string }>(FIRST_JOINED, [userId]);
  return joined.rows[0]?.org_id ?? null;
}

const FIRST_JOINED = "select org_id from member where user_id = $1 order by created_at, org_id limit 1";

// The new members' ids share their random part and differ by their number.
const ACCEPT = `
  with accepted as (
    update invitation i set status = 'accepted'
    from person p
    where p.id = $1 and i.email = p.email and i.status = 'pending' and i.expires_at > now()
    returning i.org_id, i.role
  ), joined as (
    insert into member (org_id, id, user_id, role)
    select org_id, $2 || '_' || row_number() over (order by org_id), $1, role from accepted
    on conflict (org_id, user_id) do nothing
  )
  ${FIRST_JOINED}`;
