import { readOutbox } from "../../src/notify/outbox/read-outbox.ts";
import { createPool, isTransient } from "../../src/storage/database.ts";
import { createOutboxCursor } from "../../src/storage/outbox-cursor.ts";

// A reader of the outbox as a process of its own, to be killed. It notes what it takes, slowly, and says so before it
// commits: whoever kills it then kills it in the middle.

const [connectionString = ""] = process.argv.slice(2);
const say = (event: Record<string, unknown>) => process.stdout.write(`${JSON.stringify(event)}\n`);
const pool = createPool({ connectionString });
const cursor = createOutboxCursor(pool, { name: "killed", interest: "all" }, async (client, entries) => {
  const rows = [entries.map(({ organizationId }) => organizationId), entries.map(({ news }) => news.seq)];
  await client.query("insert into taken (org_id, seq) select * from unnest($1::text[], $2::bigint[])", rows);
  say({ kind: "taking", entries: entries.length });
  await client.query("select pg_sleep(0.02)");
});
readOutbox(cursor, {
  isTransient,
  onFault: (error) => say({ kind: "fault", error: String(error) }),
  restMs: 1,
  lookAroundMs: 20,
});
