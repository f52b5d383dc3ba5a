import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import type pg from "pg";
import { createPool } from "../../src/storage/database.ts";
import { saturate } from "../load/saturate.ts";
import { createRandom } from "../random.ts";

/** TPC-B: what PostgreSQL's own benchmark reaches on the same server. */
export type Tpcb = {
  /** Says which of the two it is, and how it was run. */
  readonly name: string;
  /** Transactions a second. */
  measure(seconds: number): Promise<number>;
};

const CLIENTS = 8;

/** pgbench where it is installed, else its transaction from a pool of our own. @param connectionString an empty database.
 *  @param scale branches; below the number of clients they wait for each other more than TPC-B means them to. */
export async function prepareTpcb(connectionString: string, scale: number): Promise<Tpcb> {
  const version = await versionOfPgbench();
  if (version !== null) {
    await pgbench(["--initialize", "--quiet", `--scale=${scale}`, connectionString]);
    return {
      name: `TPC-B (${version}, ${CLIENTS} clients)`,
      measure: (seconds) => measureWithPgbench(connectionString, seconds),
    };
  }
  const pool = createPool({ connectionString, connectionsMax: CLIENTS });
  await createTables(pool, scale);
  await pool.end();
  return {
    name: `TPC-B (pgbench is not installed: its transaction from node-postgres, ${CLIENTS} clients)`,
    measure: (seconds) => measureWithPool({ connectionString, scale, seconds }),
  };
}

/** Null when pgbench can't be started. */
async function versionOfPgbench(): Promise<string | null> {
  try {
    return (await pgbench(["--version"])).replace(/^pgbench \(PostgreSQL\) (\S+).*$/s, "pgbench $1");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

async function measureWithPgbench(connectionString: string, seconds: number): Promise<number> {
  const said = await pgbench([
    ...["--no-vacuum", `--client=${CLIENTS}`, "--jobs=2", `--time=${Math.max(1, Math.round(seconds))}`],
    connectionString,
  ]);
  const rate = /^tps = ([\d.]+) \((without initial|excluding)/m.exec(said)?.[1];
  if (rate === undefined) throw new Error(`pgbench said no rate: ${said}`);
  return Number(rate);
}

async function pgbench(words: readonly string[]): Promise<string> {
  const child = spawn("pgbench", words, { stdio: ["ignore", "pipe", "pipe"] });
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const [code, said, complained] = await Promise.all([exited, text(child.stdout), text(child.stderr)]);
  if (code !== 0) throw new Error(`pgbench failed: ${complained}`);
  return said;
}

const ACCOUNTS_PER_BRANCH = 100_000;
const TELLERS_PER_BRANCH = 10;

async function createTables(pool: pg.Pool, scale: number): Promise<void> {
  for (const statement of [
    "create table branches (bid int primary key, bbalance int not null) with (fillfactor = 100)",
    "create table tellers (tid int primary key, bid int not null, tbalance int not null)",
    "create table accounts (aid int primary key, bid int not null, abalance int not null, filler char(84))",
    "create table history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22))",
    `insert into branches select id, 0 from generate_series(1, ${scale}) id`,
    `insert into tellers select id, (id - 1) / ${TELLERS_PER_BRANCH} + 1, 0
       from generate_series(1, ${scale * TELLERS_PER_BRANCH}) id`,
    `insert into accounts select id, (id - 1) / ${ACCOUNTS_PER_BRANCH} + 1, 0, ''
       from generate_series(1, ${scale * ACCOUNTS_PER_BRANCH}) id`,
    "vacuum analyze",
  ])
    await pool.query(statement);
}

/** The same five statements that pgbench sends. */
async function measureWithPool(run: {
  readonly connectionString: string;
  readonly scale: number;
  readonly seconds: number;
}): Promise<number> {
  const { connectionString, scale, seconds } = run;
  const pool = createPool({ connectionString, connectionsMax: CLIENTS });
  const random = createRandom(1);
  const oneOf = (count: number) => 1 + Math.floor(random() * count);
  try {
    const { perSecond } = await saturate({
      workers: CLIENTS,
      seconds,
      work: async (tell) => {
        const account = oneOf(scale * ACCOUNTS_PER_BRANCH);
        const teller = oneOf(scale * TELLERS_PER_BRANCH);
        const branch = oneOf(scale);
        const delta = oneOf(10_000) - 5_000;
        const client = await pool.connect();
        await client.query("begin");
        await client.query("update accounts set abalance = abalance + $1 where aid = $2", [delta, account]);
        await client.query("select abalance from accounts where aid = $1", [account]);
        await client.query("update tellers set tbalance = tbalance + $1 where tid = $2", [delta, teller]);
        await client.query("update branches set bbalance = bbalance + $1 where bid = $2", [delta, branch]);
        await client.query(
          "insert into history (tid, bid, aid, delta, mtime) values ($1, $2, $3, $4, current_timestamp)",
          [teller, branch, account, delta],
        );
        await client.query("commit");
        client.release();
        tell(1);
      },
    });
    return perSecond;
  } finally {
    await pool.end();
  }
}
