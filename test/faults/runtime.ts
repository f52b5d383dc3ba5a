import type { Random } from "../concurrency/random.ts";
import type { Account } from "./accounts.ts";
import { ask, type ChangeRequest, type HttpEntry } from "./http-journal.ts";

/** A service under load. `untilReady` resolves at once while it is up, and rejects when it is given up. */
export type Target = { untilReady(): Promise<void>; readonly accounts: readonly Account[] };

/** Charges, opens, reports, ends, cancels and grants without pause, at random, until it is told to stop. What it asked
 *  and heard goes into the journal. A step that stays unknown is left to the end, as is the session it belongs to. */
export async function runRuntime(settings: {
  readonly name: string;
  readonly random: Random;
  readonly targets: readonly Target[];
  readonly journal: HttpEntry[];
  readonly isOver: () => boolean;
}): Promise<void> {
  const { name, random, targets, journal, isOver } = settings;
  for (let count = 0; !isOver(); count += 1) {
    const target = random.pick(targets);
    const account = random.pick(target.accounts);
    const send = async (request: ChangeRequest): Promise<boolean> => {
      await target.untilReady();
      const client = request.subject === "credit" ? account.operator : account.runtime;
      const entry = await ask(client, request);
      if (entry !== null) journal.push(entry);
      return entry?.fate === "acknowledged";
    };
    const id = `${name}-${count}`;
    const dice = random.below(100);
    if (dice < 50) await send(chargeRequest(account.id, id, random));
    else if (dice < 60) await send(creditRequest(account.id, id, random));
    else await call(account.id, id, random, send);
  }
}

async function call(
  organizationId: string,
  id: string,
  random: Random,
  send: (request: ChangeRequest) => Promise<boolean>,
): Promise<void> {
  const step = (subject: ChangeRequest["subject"], name: string, body: ChangeRequest["body"]) =>
    send({
      organizationId,
      subject,
      id,
      path: `/api/billing/sessions/${id}/${name}`,
      body,
      idempotencyKey: random.below(2) === 0 ? null : `${id} ${name} ${body.seq}`,
    });
  const opened = await send({
    organizationId,
    subject: "open",
    id,
    path: "/api/billing/sessions",
    body: { session_id: id, agent_id: "agent_faults", architecture: "pipeline" },
    idempotencyKey: random.below(2) === 0 ? null : `${id} open`,
  });
  if (!opened) return;
  if (random.below(5) === 0) return void (await step("cancel", "cancel", {}));
  let seconds = 0;
  for (let seq = 1; seq <= 1 + random.below(3); seq += 1) {
    seconds += random.below(50);
    if (!(await step("report", "usage", { seq, duration_seconds: seconds }))) return;
  }
  await step("end", "end", { duration_seconds: seconds + random.below(10) });
}

function chargeRequest(organizationId: string, id: string, random: Random): ChangeRequest {
  return {
    organizationId,
    subject: "event",
    id,
    path: "/api/billing/usage",
    body: {
      event_id: id,
      agent_id: "agent_faults",
      architecture: "pipeline",
      duration_seconds: 1 + random.below(120),
    },
    idempotencyKey: random.below(2) === 0 ? null : id,
  };
}

function creditRequest(organizationId: string, id: string, random: Random): ChangeRequest {
  return {
    organizationId,
    subject: "credit",
    id,
    path: "/api/billing/credits",
    body: {
      organization_id: organizationId,
      credit_id: id,
      kind: "manual_grant",
      amount: (1 + random.below(1_000)) / 10_000,
      reason: "faults",
    },
    idempotencyKey: random.below(2) === 0 ? null : id,
  };
}
