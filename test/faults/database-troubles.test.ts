import pg from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createRandom } from "../concurrency/random.ts";
import { type OwnServer, startOwnServer } from "../setup/own-server.ts";
import { type ServiceProcess, startServiceProcess } from "../setup/service-process.ts";
import { type Account, openAccounts } from "./accounts.ts";
import { expectBooks, type HttpEntry } from "./http-journal.ts";
import { runRuntime } from "./runtime.ts";

let server: OwnServer;
let service: ServiceProcess;
let accounts: readonly Account[];

beforeAll(async () => {
  server = await startOwnServer({ max_connections: "40" });
  service = await startServiceProcess(server);
  [accounts = []] = await openAccounts([service]);
});
afterAll(async () => {
  await service?.stop();
  await server?.stop();
});

/** Charges without pause while `trouble` lasts, and expects the books right after it. */
async function chargeThrough(name: string, trouble: (load: Load) => Promise<void>): Promise<void> {
  const journal: HttpEntry[] = [];
  let isOver = false;
  const runtimes = Array.from({ length: 12 }, (_, part) =>
    runRuntime({
      name: `${name} ${part}`,
      random: createRandom(part),
      targets: [{ untilReady: async () => {}, accounts }],
      journal,
      isOver: () => isOver,
    }),
  );
  const more = (fate: HttpEntry["fate"], count: number) => {
    const counted = () => journal.filter((entry) => entry.fate === fate).length;
    const before = counted();
    return vi.waitUntil(() => counted() >= before + count, { timeout: 30_000, interval: 10 });
  };
  try {
    await more("acknowledged", 50);
    await trouble({ more });
    await more("acknowledged", 50);
  } finally {
    isOver = true;
  }
  await Promise.all(runtimes);
  await expectBooks(server, accounts, journal);
}

type Load = { more(fate: HttpEntry["fate"], count: number): Promise<unknown> };

const readBalance = async () => {
  const [account] = accounts;
  const answer = await account?.operator.get(`/api/billing/balance/${account.id}`);
  return { status: answer?.status, retryAfter: answer?.headers.get("retry-after") };
};

test.each([
  ["fast", "SIGINT"],
  ["immediate", "SIGQUIT"],
] as const)(
  "PostgreSQL restarted by its %s shutdown loses nothing and is waited for",
  async (name, signal) => {
    await chargeThrough(name, async ({ more }) => {
      for (let restart = 0; restart < 3; restart += 1) {
        await server.end(signal);
        await more("acknowledged", 50);
      }
    });
  },
);

test("every connection taken by others is 503 with Retry-After, and heals when they go", async () => {
  await chargeThrough("exhausted", async ({ more }) => {
    const others = await takeAllConnections(server.connectionString);
    await more("unknown", 10);
    expect(await readBalance()).toEqual({ status: 503, retryAfter: "2" });
    for (const client of others) await client.end();
  });
});

// A disk that is really full can't be had on every machine that runs this. The error is real: PostgreSQL's own answer,
// with all it does to the transaction, at the statement or not before its end.
test.each([
  ["a statement", "create trigger full_disk before insert on transaction for each row"],
  [
    "COMMIT",
    "create constraint trigger full_disk after insert on transaction deferrable initially deferred for each row",
  ],
])(
  "a disk full at %s is 503 with Retry-After, reading goes on, and charging heals with room",
  async (at, trigger) => {
    await server.pool.query(`create or replace function full_disk() returns trigger language plpgsql as $$
    begin raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$`);
    await chargeThrough(`full at ${at}`, async ({ more }) => {
      await server.pool.query(`${trigger} execute function full_disk()`);
      await more("unknown", 10);
      expect(await readBalance()).toMatchObject({ status: 200 });
      await server.pool.query("drop trigger full_disk on transaction");
    });
  },
);

/** Connections of others until the server has no more, with the service's own cut off. */
async function takeAllConnections(connectionString: string): Promise<pg.Client[]> {
  const taken: pg.Client[] = [];
  const take = async () => {
    const client = new pg.Client({ connectionString, application_name: "others" });
    client.on("error", () => {});
    const isTaken = await client.connect().then(
      () => true,
      () => false,
    );
    if (isTaken) taken.push(client);
    return isTaken;
  };
  while (await take());
  const [admin] = taken;
  const cutService = () =>
    admin?.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'airtime%' and pid <> pg_backend_pid()`,
    );
  // The service takes some of what it lost at once.
  for (let cut = await cutService(); (cut?.rowCount ?? 0) > 0; cut = await cutService()) while (await take());
  return taken;
}
