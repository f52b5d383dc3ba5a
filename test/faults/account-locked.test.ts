import { afterAll, beforeAll, expect, test } from "vitest";
import { charge, give } from "../../src/domain/charging/world.fixture.ts";
import { EngineUnavailable } from "../../src/storage/posting/engine-faults.ts";
import { amount, decideWith, openTestLedger, type TestLedger } from "../setup/ledger.ts";

let ledger: TestLedger;

beforeAll(async () => {
  ledger = await openTestLedger({ lanes: 1 });
  for (const id of ["org_locked", "org_beside", "org_other"]) {
    await ledger.openAccount(id, "0");
    await ledger.accept(id, give(amount("100")));
  }
});
afterAll(() => ledger.close());

test("an account that somebody else's session holds locked fails its own commands only", async () => {
  const { engine, pool } = ledger;
  const session = await pool.connect();
  await session.query("begin");
  await session.query("select 1 from account where org_id = 'org_locked' for update");
  const submit = (id: string, event: string) => decideWith(engine, id, charge(60, event));
  // One lane: they all arrive in one batch.
  const [first, second, beside, other] = await Promise.allSettled([
    submit("org_locked", "e1"),
    submit("org_locked", "e2"),
    submit("org_beside", "e1"),
    submit("org_other", "e1"),
  ]);
  for (const one of [first, second]) {
    expect(one).toMatchObject({ status: "rejected", reason: expect.any(EngineUnavailable) });
  }
  for (const one of [beside, other]) {
    expect(one).toMatchObject({ status: "fulfilled", value: { kind: "accepted" } });
  }
  await session.query("rollback");
  session.release();
  expect(await submit("org_locked", "e1")).toMatchObject({ kind: "accepted", repeated: false });
  expect(await ledger.verify()).toMatchObject({ kind: "verified", problems: [] });
});
