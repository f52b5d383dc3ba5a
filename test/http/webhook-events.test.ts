import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { postedEvents } from "../../src/http/wire/webhook-event.ts";
import { startTestService, type TestOrganization, type TestService } from "../setup/service.ts";
import { isSignedWith, type Receiver, startReceiver } from "./webhook-receiver.ts";

let service: TestService;
let receiver: Receiver;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service?.stop());

beforeEach(async () => {
  receiver = await startReceiver();
  onTestFinished(() => receiver.stop());
});

const SESSIONS = "/api/billing/sessions";
const CREDIT = ["credit.added", "credit.low", "credit.depleted", "credit.critical", "credit.recovered"];
const SESSION = ["session.reauthorize", "session.terminate", "session.settled"];

async function listen(organization: TestOrganization, events: readonly string[]): Promise<string> {
  const path = `/api/organizations/${organization.id}/webhooks`;
  const answer = await organization.owner.post(path, { url: receiver.url, events });
  expect(answer.status).toBe(201);
  return answer.body.webhook.secret;
}

let credits = 0;
async function give(organization: TestOrganization, amount: number, kind = "adjustment"): Promise<string> {
  credits += 1;
  const { body } = await service.operator.post("/api/billing/credits", {
    organization_id: organization.id,
    credit_id: `c${credits}`,
    kind,
    amount,
    reason: "test",
  });
  return body.transaction.id;
}

const documented = z.discriminatedUnion("type", [
  postedEvents["credit.added"].body,
  postedEvents["credit.low"].body,
  postedEvents["credit.depleted"].body,
  postedEvents["credit.critical"].body,
  postedEvents["credit.recovered"].body,
  postedEvents["session.reauthorize"].body,
  postedEvents["session.terminate"].body,
  postedEvents["session.settled"].body,
]);

afterEach(() => {
  // What was posted is what the reference says, to the last field.
  for (const event of receiver.events()) expect(documented.parse(event)).toEqual(event);
});

const types = () => receiver.events().map(({ type }) => type);
const eventually = (expected: readonly string[]) => expect.poll(types, { timeout: 20_000 }).toEqual(expected);

test("every kind of added credit is told, signed, with what it did to the balance", async () => {
  const acme = await service.organization(10);
  const secret = await listen(acme, ["credit.added"]);
  const granted = await give(acme, 25.1234, "manual_grant");
  const adjusted = await give(acme, 1);
  await give(acme, -1);
  await eventually(["credit.added", "credit.added"]);
  expect(receiver.events()).toMatchObject([
    {
      type: "credit.added",
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      data: {
        organization_id: acme.id,
        transaction_id: granted,
        type: "topup",
        kind: "manual_grant",
        amount: 25.1234,
        balance: 35.1234,
        available: 35.1234,
        held: 0,
      },
    },
    { data: { transaction_id: adjusted, kind: "adjustment", amount: 1, balance: 36.1234 } },
  ]);
  for (const request of receiver.received) expect(isSignedWith(secret, request)).toBe(true);
  expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(2);
});

test("the balance's way down and back up is told in its order, each crossing once", async () => {
  const acme = await service.organization(6);
  await listen(acme, CREDIT);
  for (const amount of [-2, 0.5, -5, -4, 0.1, 20]) await give(acme, amount);
  await eventually([
    "credit.low",
    "credit.added",
    "credit.depleted",
    "credit.critical",
    "credit.added",
    "credit.added",
    "credit.recovered",
  ]);
  expect(receiver.events()[0].data).toMatchObject({ balance: 4, low_balance_threshold: 5, grace_limit: 5 });
  expect(receiver.events().at(-1).data).toMatchObject({ organization_id: acme.id, balance: 15.6 });
});

test("a session is told of when it must end, when it may go on, and when it is settled", async () => {
  const acme = await service.organization(0.01);
  await listen(acme, SESSION);
  const call = {
    session_id: "call",
    agent_id: "agent_1",
    architecture: "pipeline",
    metadata: { room: "r1" },
  };
  await acme.runtime.post(SESSIONS, call);
  const report = (seq: number, duration_seconds: number) =>
    acme.runtime.post(`${SESSIONS}/call/usage`, { seq, duration_seconds });
  expect((await report(1, 4_200)).body.action).toBe("terminate");
  expect((await report(2, 4_201)).body.action).toBe("terminate");
  await eventually(["session.terminate"]);
  await give(acme, 50);
  await eventually(["session.terminate", "session.reauthorize"]);
  expect((await report(3, 4_260)).body.action).toBe("continue");
  const ended = await acme.runtime.post(`${SESSIONS}/call/end`, { duration_seconds: 4_260 });
  await eventually(["session.terminate", "session.reauthorize", "session.settled"]);
  const [terminate, , settled] = receiver.events();
  expect(terminate.data).toMatchObject({
    organization_id: acme.id,
    session_id: "call",
    metadata: { room: "r1" },
  });
  expect(settled.data).toMatchObject({
    session_id: "call",
    agent_id: "agent_1",
    status: "settled",
    duration_seconds: 4_260,
    charged: -ended.body.transaction.amount,
    transaction_id: ended.body.transaction.id,
    balance: ended.body.transaction.balance_after,
  });
});

test("a session that cost nothing is settled once, too", async () => {
  const acme = await service.organization(5);
  await listen(acme, SESSION);
  await acme.runtime.post(SESSIONS, { session_id: "free", agent_id: "a", architecture: "pipeline" });
  await acme.runtime.post(`${SESSIONS}/free/end`, { duration_seconds: 0 });
  await acme.runtime.post(SESSIONS, { session_id: "gone", agent_id: "a", architecture: "pipeline" });
  await acme.runtime.post(`${SESSIONS}/gone/cancel`);
  await acme.runtime.post(SESSIONS, { session_id: "last", agent_id: "a", architecture: "pipeline" });
  await acme.runtime.post(`${SESSIONS}/last/end`, { duration_seconds: 60 });
  await expect.poll(() => receiver.events().map(({ data }) => data.session_id)).toEqual(["free", "last"]);
  expect(receiver.events()[0].data).toMatchObject({ charged: 0, transaction_id: null });
});

test("what was before a webhook, and what it did not choose, is not told", async () => {
  const acme = await service.organization(1);
  await give(acme, 3);
  await listen(acme, ["credit.added"]);
  await give(acme, -9);
  await give(acme, 2);
  await eventually(["credit.added"]);
  expect(receiver.events()[0].data.amount).toBe(2);
});

test("a hundred events arrive in the order in which they happened", async () => {
  const acme = await service.organization(10);
  await listen(acme, ["credit.added"]);
  for (let amount = 1; amount <= 100; amount += 1) await give(acme, amount);
  const amounts = () => receiver.events().map(({ data }) => data.amount);
  await expect
    .poll(amounts, { timeout: 30_000 })
    .toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
});
