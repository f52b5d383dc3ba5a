import { type Account, type AccountPolicy, newAccount } from "../domain/ledger/account.ts";
import type { OrganizationDatabase } from "./organization-database.ts";
import { ACCOUNT_COLUMNS, accountFromRow, insertAccounts } from "./posting/account-rows.ts";

/** An organization's account as it stands, or null when it has none. One row read. */
export async function findAccount(database: OrganizationDatabase): Promise<Account | null> {
  const { rows } = await database.query({
    name: "find_account",
    text: `select ${ACCOUNT_COLUMNS} from account where org_id = $1`,
    values: [database.organizationId],
  });
  return rows.length === 0 ? null : accountFromRow(rows[0]);
}

/** Opens an account without credit; one that exists is left as it is.
 *  @param clock another time than the database's, for histories that are made up. */
export async function insertAccount(
  database: OrganizationDatabase,
  policy: AccountPolicy,
  clock: (databaseNow: number) => number = (databaseNow) => databaseNow,
): Promise<void> {
  const { rows } = await database.query("select floor(extract(epoch from now()) * 1000)::bigint as now");
  const account = newAccount(database.organizationId, policy, clock(Number(rows[0].now)));
  await database.query(insertAccounts.text, insertAccounts.values([account]));
}
