import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Command } from "../../src/domain/charging/command.ts";
import { EngineOverloaded } from "../../src/storage/posting/engine-faults.ts";
import { openTestLedger, type TestLedger } from "../setup/ledger.ts";

const QUEUE_MAX = 100;

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await openTestLedger({ lanes: 1, queueMax: QUEUE_MAX, batchMax: 10 });
  for (const id of ["org_hot", "org_small"]) await ledger.openAccount(id, "5");
});

afterAll(() => ledger.close());

const setThreshold: Command = { kind: "set_policy", policy: {} };

/** Keeps an account locked until it is told to let go, so that what is submitted has to wait. */
async function lockAccount(id: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: ledger.connectionString });
  await client.connect();
  await client.query("begin");
  await client.query("select 1 from account where org_id = $1 for update", [id]);
  return async () => {
    await client.query("rollback");
    await client.end();
  };
}

test("one organization fills half of the queue at most, and beyond the queue everybody is told to come back", async () => {
  const release = await lockAccount("org_hot");
  const submit = (id: string) =>
    ledger.engine.submit({ organizationId: id, command: setThreshold }).then(
      ({ kind }) => kind,
      (error: unknown) => (error instanceof EngineOverloaded ? "overloaded" : error),
    );
  const hot = Array.from({ length: 200 }, () => submit("org_hot"));
  const small = submit("org_small");
  const others = Array.from({ length: 200 }, (_, n) => submit(`org_unknown_${n}`));
  await release();
  const count = (kinds: readonly unknown[], wanted: string) => kinds.filter((kind) => kind === wanted).length;
  const hotKinds = await Promise.all(hot);
  expect(count(hotKinds, "decided")).toBe(QUEUE_MAX / 2);
  expect(count(hotKinds, "overloaded")).toBe(200 - QUEUE_MAX / 2);
  expect(await small).toBe("decided");
  const otherKinds = await Promise.all(others);
  expect(count(otherKinds, "account_missing")).toBe(QUEUE_MAX / 2 - 1);
  expect(count(otherKinds, "overloaded")).toBe(200 - (QUEUE_MAX / 2 - 1));
  expect(await submit("org_hot")).toBe("decided");
});

test("an organization with ten thousand commands waiting holds up nobody else", async () => {
  const crowded = await openTestLedger({ lanes: 1, queueMax: 40_000, batchMax: 100 });
  for (const id of ["org_hot", "org_small"]) await crowded.openAccount(id, "5");
  let hotDone = 0;
  const hot = Array.from({ length: 10_000 }, () =>
    crowded.engine.submit({ organizationId: "org_hot", command: setThreshold }).then(() => {
      hotDone += 1;
    }),
  );
  await crowded.engine.submit({ organizationId: "org_small", command: setThreshold });
  // It went with the first batch, or with the second if that had gone already.
  expect(hotDone).toBeLessThanOrEqual(200);
  await Promise.all(hot);
  expect(hotDone).toBe(10_000);
  await crowded.close();
});

test("many commands of one caller are answered in their order, over as many transactions as they need", async () => {
  const commands = Array.from(
    { length: 25 },
    (_, place): Command => ({ kind: "cancel", sessionId: `none_${place}` }),
  );
  commands[12] = setThreshold;
  const submissions = commands.map((command) => ({ organizationId: "org_small", command }));
  const answers = await ledger.engine.submitMany(submissions);
  expect(answers.map((answer) => answer.kind === "decided" && answer.decision.kind)).toEqual(
    commands.map((command) => (command === setThreshold ? "accepted" : "refused")),
  );
  expect(await ledger.engine.submitMany([])).toEqual([]);
});

test("many commands of one caller are turned away together when the queue has no room", async () => {
  const release = await lockAccount("org_hot");
  const many = Array.from({ length: QUEUE_MAX }, () => ({
    organizationId: "org_hot",
    command: setThreshold,
  }));
  const first = ledger.engine.submitMany(many);
  await expect(ledger.engine.submitMany(many)).rejects.toBeInstanceOf(EngineOverloaded);
  await release();
  expect(await first).toHaveLength(QUEUE_MAX);
});
