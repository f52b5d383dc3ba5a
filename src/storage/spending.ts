import { inOrder, type SpendKey, type SpendLimit } from "../domain/policy/spend-limit.ts";
import type { OrganizationDatabase } from "./organization-database.ts";
import { SPEND_LIMIT_COLUMNS, spendLimitFromRow } from "./posting/spend-limit-rows.ts";

/** Spending counted from the ledger and the running sessions, as the domain counts it while it goes on
 *  (domain/charging/spending.ts). */

/** Whom a key counts for, as the statements below spell it. */
export function spenderKey({ scope, subject }: Pick<SpendKey, "scope" | "subject">): string {
  return `${scope} ${subject ?? ""}`;
}

const keyOf = (actor: string) => `case when ${actor} ->> 'type' = 'api_key' then ${actor} ->> 'id' end`;

// Every name under which a row counts; the null ones match nothing.
const SPENDERS_OF_TRANSACTION = `(values ('organization '),
    ('agent ' || coalesce(s.agent_id, t.metadata ->> 'agent_id')),
    ('user ' || case when t.session_id is null then t.metadata ->> 'user_id' else s.user_id end),
    ('api_key ' || case when t.session_id is null then ${keyOf("t.actor")} else ${keyOf("s.started_by")} end))`;
const SPENDERS_OF_SESSION = `(values ('organization '), ('agent ' || s.agent_id), ('user ' || s.user_id),
    ('api_key ' || ${keyOf("s.started_by")}))`;

/** Usage among an organization's ($1) transactions of a type ($2), after its number $3 and through $4, by spender ($5). */
export const SPENT_IN_RANGE = `select k.spender, sum(-t.amount)::bigint as sum
  from transaction t
  left join session s on s.org_id = t.org_id and s.id = t.session_id
  cross join lateral ${SPENDERS_OF_TRANSACTION} as k (spender)
  where t.org_id = $1 and t.type = $2 and t.type_seq > $3 and t.type_seq <= $4
    and t.counter_account = 'usage_revenue' and t.amount < 0 and k.spender = any($5::text[])
  group by k.spender`;

/** Usage that an organization ($1) posted from $2 up to, but not including, $3, by spender ($4), after the transaction $5 and
 *  through $6. Where $5 is 0 it begins after the last transaction before the period, as an account's time never goes back:
 *  the rows read are those since then. */
export const SPENT_IN = `select k.spender, sum(-t.amount)::bigint as sum
  from transaction t
  left join session s on s.org_id = t.org_id and s.id = t.session_id
  cross join lateral ${SPENDERS_OF_TRANSACTION} as k (spender)
  where t.org_id = $1 and t.counter_account = 'usage_revenue' and t.amount < 0
    and t.seq <= $6::bigint
    and t.seq > case when $5::bigint > 0 then $5::bigint else coalesce((select b.seq from transaction b
      where b.org_id = $1 and b.recorded_at < $2::timestamptz order by b.seq desc limit 1), 0) end
    and t.recorded_at >= $2::timestamptz and t.recorded_at < $3::timestamptz and k.spender = any($4::text[])
  group by k.spender`;

/** What an organization's ($1) running sessions hold, by spender ($2). */
export const RUNNING_HOLDS = `select k.spender, sum(s.held)::bigint as sum
  from session s cross join lateral ${SPENDERS_OF_SESSION} as k (spender)
  where s.org_id = $1 and s.status in ('active', 'stale') and k.spender = any($2::text[])
  group by k.spender`;

/** An organization's limits, each as it stood when something last counted against it. */
export async function findSpendLimits(database: OrganizationDatabase): Promise<SpendLimit[]> {
  const { rows } = await database.query(`select ${SPEND_LIMIT_COLUMNS} from spend_limit where org_id = $1`, [
    database.organizationId,
  ]);
  return inOrder(rows.map(spendLimitFromRow));
}

/** Through the newest transaction. */
export const NEWEST_SEQ = 2n ** 63n - 1n;
