import { findAccount } from "../storage/accounts.ts";
import { openOrganizationDatabases } from "../storage/organization-database.ts";
import { openPriceBook } from "../storage/price-book.ts";
import { clearRollups, rollUp } from "../storage/usage-rollups.ts";
import { fail, withDatabase } from "./open-database.ts";

/** Sums an organization's usage anew from its ledger. Charts stay right meanwhile: they read what is missing there.
 *  Exit code 2 when the organization is unknown. */
export async function rebuildRollups(options: { org: string }): Promise<void> {
  await withDatabase(async ({ pool }) => {
    const database = openOrganizationDatabases(pool).of(options.org);
    if ((await findAccount(database)) === null) fail(`There is no organization ${options.org}.`, 2);
    const { book: prices } = await (await openPriceBook(pool)).newest();
    await clearRollups(pool, options.org);
    let total = 0;
    for (;;) {
      const rolled = await rollUp(pool, options.org, { limit: STEP, prices });
      total += rolled;
      if (rolled < STEP) break;
    }
    console.log(`${total} transactions of ${options.org} summed anew.`);
  });
}

const STEP = 5_000;
