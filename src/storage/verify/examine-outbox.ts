import type pg from "pg";
import type { Account } from "../../domain/ledger/account.ts";
import type { OnProblem } from "../../domain/verification/problem.ts";
import { rowTypes } from "../database.ts";
import { ACCOUNT_COLUMNS, accountFromRow } from "../posting/account-rows.ts";
import type { OrganizationRange } from "./organization-range.ts";

/** An account beside its outbox. */
export type AccountWithNews = {
  readonly account: Account;
  /** 0 when the outbox holds nothing of it. */
  readonly lastNewsSeq: bigint;
  /** Whether entries are missing between the first one and the account's last number. */
  readonly lacksNews: boolean;
  /** The first transaction that the entries from the first one on must tell of, unless it implies its news. */
  readonly firstTold: bigint;
};

// Of all news since the first entry, as many numbers as are no transaction's must have an entry without one (`quiet`), and
// so must each transaction that does not imply its news (`told`).
const NEWS = `select org_id as news_org, max(seq) as last_news,
    count(*) - count(transaction_seq) as quiet,
    count(transaction_seq) filter (where type <> 'credit_consumed' or session_id is not null) as told,
    min(posted_seq + (transaction_seq is null)::int) as first_told,
    min(seq - posted_seq - (transaction_seq is null)::int) as quiet_before
  from outbox where org_id >= $1 and org_id <= $2 group by org_id`;
const IMPLIES_NONE = "(t.type <> 'consumption' or t.session_id is not null)";
const ACCOUNTS = `with news as materialized (${NEWS}),
  to_tell as (select t.org_id, count(*) as to_tell from news join account a on a.org_id = news_org
    join transaction t on t.org_id = news_org and t.seq between first_told and a.seq
    where t.org_id >= $1 and t.org_id <= $2 and a.org_id >= $1 and a.org_id <= $2 and ${IMPLIES_NONE} group by t.org_id)
  select ${ACCOUNT_COLUMNS}, coalesce(last_news, 0) as last_news, coalesce(first_told, 1) as first_told,
    coalesce(quiet < news_seq - seq - quiet_before or told < coalesce(to_tell, 0), false) as lacks_news
  from account left join news on news_org = org_id left join to_tell using (org_id)
  where org_id >= $1 and org_id <= $2 order by org_id`;

/** The accounts of a range, by organization. */
export async function readAccounts(
  client: pg.ClientBase,
  { first, last }: OrganizationRange,
): Promise<Map<string, AccountWithNews>> {
  const { rows } = await client.query({ text: ACCOUNTS, values: [first, last], types: rowTypes });
  return new Map(
    rows.map((row) => [
      row.org_id,
      {
        account: accountFromRow(row),
        lastNewsSeq: row.last_news,
        lacksNews: row.lacks_news,
        firstTold: row.first_told,
      },
    ]),
  );
}

const QUIET_GAPS = `select before + 1, seq - 1, missing from (
    select seq, lag(seq) over by_seq as before, seq - posted_seq - lag(seq - posted_seq) over by_seq - quiet as missing
    from (select seq, posted_seq, (transaction_seq is null)::int as quiet from outbox where org_id = $1
      union all select $2::bigint + 1, $3::bigint, 1) as entries window by_seq as (order by seq)) as steps
  where missing > 0 order by 1`;
const UNTOLD = `select t.seq + coalesce((select max(e.seq - e.posted_seq) from outbox e
      where e.org_id = $1 and e.posted_seq < t.seq), 0)
  from transaction t left join outbox o on o.org_id = t.org_id and o.transaction_seq = t.seq
  where t.org_id = $1 and t.seq between $2 and $3 and o.seq is null and ${IMPLIES_NONE} order by 1`;

/** Names the news that are missing. Old ones are erased from the first on, so what is missing among the rest was lost. */
export async function examineOutbox(
  client: pg.ClientBase,
  accounts: ReadonlyMap<string, AccountWithNews>,
  onProblem: OnProblem,
): Promise<void> {
  for (const [organizationId, { account, lacksNews, firstTold }] of accounts) {
    if (!lacksNews) continue;
    const report = (key: bigint, problem: string) =>
      onProblem({ organizationId, table: "outbox", key: String(key), problem });
    const gaps = await client.query<[bigint, bigint, bigint]>({
      text: QUIET_GAPS,
      values: [organizationId, account.newsSeq, account.seq],
      rowMode: "array",
    });
    for (const [from, to, missing] of gaps.rows) report(from, gapText(from, to, missing));
    const untold = await client.query<[bigint]>({
      text: UNTOLD,
      values: [organizationId, firstTold, account.seq],
      rowMode: "array",
    });
    for (const [seq] of untold.rows) report(seq, "is missing");
  }
}

/** Charges may lie in a gap that take a number and have no entry. */
function gapText(from: bigint, to: bigint, missing: bigint): string {
  if (missing < to - from + 1n) return `or others up to ${to} are missing, ${missing} of them`;
  return from === to ? "is missing" : `is missing, and so are all up to ${to}`;
}
