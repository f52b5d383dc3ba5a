import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TRANSACTION_IP } from "../../src/application/post-command.ts";
import { authorize, charge, give, settle } from "../../src/domain/charging/world.fixture.ts";
import { openOrganizationDatabases } from "../../src/storage/organization-database.ts";
import { createOrganizationVault } from "../../src/storage/organization-vault.ts";
import { amount, openTestLedger, type TestLedger } from "../setup/ledger.ts";
import { cleanEnvironment } from "../setup/service-process.ts";
import { makeBusyHistory } from "../storage/busy-history.fixture.ts";

const SECRET = "secret key of the tests, 32 characters";
let ledger: TestLedger;

beforeAll(async () => {
  ledger = await openTestLedger();
  await makeBusyHistory(ledger, "org_busy");
});
afterAll(() => ledger?.close());

type Ended = { readonly code: number; readonly out: string; readonly told: string };

/** Runs `airtime …` as a process of its own. */
function airtime(...argv: string[]): Promise<Ended> {
  const env = { ...cleanEnvironment(), DATABASE_URL: ledger.connectionString, AIRTIME_SECRET_KEY: SECRET };
  return new Promise((done) => {
    execFile(process.execPath, [resolve("bin/airtime.js"), ...argv], { env }, (error, out, told) => {
      done({ code: typeof error?.code === "number" ? error.code : 0, out, told });
    });
  });
}

async function rollupRows(organizationId: string): Promise<number> {
  const { rows } = await ledger.pool.query(
    `select (select count(*) from usage_rollup where org_id = $1) + (select count(*) from usage_rollup_cursor
      where org_id = $1) as count`,
    [organizationId],
  );
  return Number(rows[0].count);
}

test("verify tells how far it is on standard error where that is asked for, and is silent there else", async () => {
  const told = await airtime("verify", "--progress");
  expect(told).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^1 organizations, (\d+) transactions, .*right/),
  });
  const [, transactions] = /, (\d+) transactions/.exec(told.out) ?? [];
  expect(told.told).toBe(`0 organizations, ${transactions} transactions\n`);
  expect(await airtime("verify")).toMatchObject({ code: 0, out: told.out, told: "" });
});

test("verify of an organization that nobody knows exits 2", async () => {
  expect(await airtime("verify", "--org", "org_nobody")).toEqual({
    code: 2,
    out: "",
    told: "There is no organization org_nobody.\n",
  });
});

test("rebuild-rollups sums an organization's usage anew, and verify then finds it right", async () => {
  expect(await airtime("rebuild-rollups", "--org", "org_busy")).toMatchObject({ code: 0, told: "" });
  expect(await rollupRows("org_busy")).toBeGreaterThan(1);
  await ledger.pool.query("update usage_rollup set amount = amount + 1 where org_id = 'org_busy'");
  expect(await airtime("verify")).toMatchObject({
    code: 1,
    told: expect.stringContaining("rebuild-rollups"),
  });
  expect((await airtime("rebuild-rollups", "--org", "org_busy")).out).toMatch(
    /^\d+ transactions of org_busy/,
  );
  expect(await airtime("verify")).toMatchObject({ code: 0 });
});

test("rebuild-rollups of an organization that nobody knows exits 2 and leaves nothing", async () => {
  expect(await airtime("rebuild-rollups", "--org", "org_nobody")).toEqual({
    code: 2,
    out: "",
    told: "There is no organization org_nobody.\n",
  });
  expect(await rollupRows("org_nobody")).toBe(0);
});

test("verify beside charges and sessions that come and go finds the books right, and refuses none of them", async () => {
  const organizations = ["org_1", "org_2", "org_3"];
  for (const id of organizations) {
    await ledger.openAccount(id, "5");
    await ledger.accept(id, give(amount("100000"), "opening"));
  }
  let isBusy = true;
  const work = organizations.map(async (id) => {
    let count = 0;
    for (; isBusy; count += 1) {
      const sessionId = `s${count}`;
      await ledger.accept(id, authorize(sessionId));
      await Promise.all([
        ledger.accept(id, charge(60, `e${count}`)),
        ledger.accept(id, settle(30, sessionId)),
      ]);
    }
    return count;
  });
  const posted = async () =>
    Number((await ledger.pool.query("select sum(seq)::int as posted from account")).rows[0].posted);
  for (let run = 0; run < 3; run += 1) {
    const before = await posted();
    const verified = await airtime("verify");
    expect(verified).toMatchObject({ code: 0, told: "" });
    // It saw what was there when it began, at least, and charging went on meanwhile.
    const [, seen] = /, (\d+) transactions/.exec(verified.out) ?? [];
    expect(Number(seen)).toBeGreaterThanOrEqual(before);
    expect(await posted()).toBeGreaterThan(before);
  }
  isBusy = false;
  const counts = await Promise.all(work);
  expect(Math.min(...counts)).toBeGreaterThan(0);
  expect(await airtime("verify")).toMatchObject({ code: 0, told: "" });
});

test("erase destroys an organization's keys for good, and leaves its books right", async () => {
  const databases = openOrganizationDatabases(ledger.pool);
  await ledger.pool.query("insert into organization (id, name, slug) values ('org_gone', 'Gone', 'gone')");
  await ledger.openAccount("org_gone", "5");
  const openVault = () => createOrganizationVault(databases, SECRET);
  const charged = async (eventId: string) => {
    const sealedIp = await openVault().seal("org_gone", TRANSACTION_IP, "198.51.100.7");
    await ledger.accept("org_gone", charge(60, eventId, "f", { origin: { actor: null, sealedIp } }));
    return sealedIp;
  };
  await ledger.accept("org_gone", give(amount("5"), "start"));
  const before = await charged("before");
  expect(await airtime("keys", "rotate", "--org", "org_nobody")).toMatchObject({ code: 2 });
  expect(await airtime("erase", "--org", "org_gone")).toMatchObject({
    code: 2,
    told: expect.stringContaining("--yes"),
  });
  expect(await openVault().open("org_gone", TRANSACTION_IP, before)).toBe("198.51.100.7");
  expect(await airtime("erase", "--org", "org_nobody", "--yes")).toMatchObject({ code: 2 });
  expect(await airtime("erase", "--org", "org_gone", "--yes")).toMatchObject({ code: 0, told: "" });
  expect(await openVault().open("org_gone", TRANSACTION_IP, before)).toBeNull();
  expect(await airtime("keys", "rotate", "--org", "org_gone")).toMatchObject({
    code: 1,
    told: "The key of org_gone was destroyed.\n",
  });
  expect(await airtime("verify", "--org", "org_gone")).toMatchObject({ code: 0, told: "" });
});
