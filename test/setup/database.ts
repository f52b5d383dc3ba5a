import { randomBytes } from "node:crypto";
import { inject } from "vitest";
import { runOn, urlOfDatabase } from "./database-server.ts";

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
    connectionString: urlOfDatabase(server, name),
    drop: () => runOn(server, `drop database if exists ${name} with (force)`),
  };
}
