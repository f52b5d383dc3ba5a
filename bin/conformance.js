import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";

/** Runs the tests of the storage against the server that DATABASE_URL names, with transactions of many organizations and
 *  of one, and says what it ran. Its user must be allowed to create databases: each test file has one of its own. */
const root = join(fileURLToPath(import.meta.url), "..", "..");
const FILES = ["test/storage", "test/concurrency"];

async function main() {
  const url = process.env.DATABASE_URL;
  if (!url)
    return refuse(
      "DATABASE_URL names no server. For example: postgres://user:password@db.internal:5432/airtime",
    );
  const server = await describe(url).catch((error) => refuse(`The server can't be asked: ${error.message}`));
  console.log(server);
  const folder = mkdtempSync(join(tmpdir(), "airtime-conformance-"));
  const runs = [false, true].map((isOne) => run(url, isOne, join(folder, "report.json")));
  rmSync(folder, { recursive: true, force: true });
  for (const { title, passed, failed } of runs) console.log(`${title}: ${passed} passed, ${failed} failed`);
  process.exitCode = runs.every(({ isGreen }) => isGreen) ? 0 : 1;
}

function run(url, isOne, report) {
  const { status } = spawnSync(
    process.execPath,
    [
      join(root, "node_modules", "vitest", "vitest.mjs"),
      ...["run", "--project", "system", "--reporter=default", "--reporter=json", `--outputFile=${report}`],
      ...FILES,
    ],
    {
      cwd: root,
      stdio: "inherit",
      env: {
        ...process.env,
        AIRTIME_CONFORMANCE_URL: url,
        AIRTIME_ONE_ORGANIZATION_PER_TRANSACTION: isOne ? "1" : "0",
      },
    },
  );
  const { numPassedTests: passed, numFailedTests: failed } = JSON.parse(readFileSync(report, "utf8"));
  const title = isOne ? "One organization per transaction" : "Any number of organizations per transaction";
  return { title, passed, failed, isGreen: status === 0 && passed > 0 };
}

async function describe(connectionString) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query(
      `select version() as server, (select default_version from pg_available_extensions where name = 'citus') as citus`,
    );
    const [{ server, citus }] = rows;
    return `${server}\nCitus: ${citus === null ? "not on this server; what follows is plain PostgreSQL" : `available (${citus}), not used by these tests`}`;
  } finally {
    await client.end();
  }
}

function refuse(message) {
  console.error(message);
  process.exit(2);
}

await main();
