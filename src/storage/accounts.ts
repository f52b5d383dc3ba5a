import type pg from "pg";
import { type Account, type AccountPolicy, newAccount } from "../domain/ledger/account.ts";
import { ACCOUNT_COLUMNS, accountFromRow, insertAccounts } from "./posting/account-rows.ts";

/** An organization's account as it stands, or null when it has none. One row read. */
export async function findAccount(pool: pg.Pool, organizationId: string): Promise<Account | null> {
  const { rows } = await pool.query({
    name: "find_account",
    text: `select ${ACCOUNT_COLUMNS} from account where org_id = $1`,
    values: [organizationId],
  });
  return rows.length === 0 ? null : accountFromRow(rows[0]);
}

/** Opens an account without credit; one that exists is left as it is. */
export async function insertAccount(
  pool: pg.Pool,
  organizationId: string,
  policy: AccountPolicy,
): Promise<void> {
  const account = newAccount(organizationId, policy, Date.now());
  await pool.query(insertAccounts.text, insertAccounts.values([account]));
}
