import { createPool } from "../../src/storage/database.ts";
import { readPriceBook } from "../../src/storage/price-book.ts";
import { rollUp } from "../../src/storage/usage-rollups.ts";

// Rolls usage up as a process of its own, to be killed: a few transactions of each organization in turn, for ever.

const [connectionString = "", ...organizations] = process.argv.slice(2);
const pool = createPool({ connectionString });
const prices = await readPriceBook(pool);
for (;;) {
  for (const organizationId of organizations) {
    const rolled = await rollUp(pool, organizationId, { limit: 3, prices });
    if (rolled > 0) process.stdout.write(`${JSON.stringify({ kind: "rolled", organizationId })}\n`);
  }
}
