import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";

/** A migrated, empty database of its own for a test file. Drop it when the file is done: the drop cuts whatever
 *  connections are still open. @param template "template1" for an empty one, to test migrations themselves. */
export async function createTestDatabase(
  template: "airtime_template" | "template1" = "airtime_template",
): Promise<{
  connectionString: string;
  drop(): Promise<void>;
}> {
  const server = inject("postgresUrl");
  const name = `test_${randomBytes(6).toString("hex")}`;
  // The template's files are copied as they are: no checkpoint per clone, as the older strategy needs.
  await runOn(server, `create database ${name} template ${template} strategy wal_log`);
  return {
    connectionString: server.replace(/\/airtime$/, `/${name}`),
    drop: () => runOn(server, `drop database if exists ${name} with (force)`),
  };
}

async function runOn(connectionString: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
