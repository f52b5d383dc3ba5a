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
  /** Whether numbers are missing between the first and the account's last. */
  readonly lacksNews: boolean;
};

/** The accounts of a range, by organization. */
export async function readAccounts(
  client: pg.ClientBase,
  { first, last }: OrganizationRange,
): Promise<Map<string, AccountWithNews>> {
  const { rows } = await client.query({
    text: `select ${ACCOUNT_COLUMNS}, coalesce(first_news, 0) as first_news, coalesce(last_news, 0) as last_news,
        coalesce(news, 0) as news
      from account left join (select org_id as news_org, min(seq) as first_news, max(seq) as last_news, count(*) as news
        from outbox where org_id >= $1 and org_id <= $2 group by org_id) as n on news_org = org_id
      where org_id >= $1 and org_id <= $2 order by org_id`,
    values: [first, last],
    types: rowTypes,
  });
  return new Map(
    rows.map((row) => {
      const account = accountFromRow(row);
      const expected = row.news === 0n ? 0n : account.newsSeq - row.first_news + 1n;
      // More than expected is the account's fault, which is named there.
      return [row.org_id, { account, lastNewsSeq: row.last_news, lacksNews: row.news < expected }];
    }),
  );
}

const GAPS = `select before + 1, seq - 1 from
    (select seq, lag(seq) over (order by seq) as before from
      (select seq from outbox where org_id = $1 union all select $2::bigint + 1) as numbers) as neighbours
  where seq > before + 1 order by 1`;

/** Names the news that are missing. Old ones are erased from the first on, so what is missing among the rest was lost. */
export async function examineOutbox(
  client: pg.ClientBase,
  accounts: ReadonlyMap<string, AccountWithNews>,
  onProblem: OnProblem,
): Promise<void> {
  for (const [organizationId, { account, lacksNews }] of accounts) {
    if (!lacksNews) continue;
    const { rows } = await client.query<[bigint, bigint]>({
      text: GAPS,
      values: [organizationId, account.newsSeq],
      rowMode: "array",
    });
    for (const [from, to] of rows) {
      const problem = from === to ? "is missing" : `is missing, and so are all up to ${to}`;
      onProblem({ organizationId, table: "outbox", key: String(from), problem });
    }
  }
}
