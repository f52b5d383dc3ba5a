import { expect, vi } from "vitest";
import { createRandom } from "../concurrency/random.ts";
import type { HttpEntry } from "../faults/http-journal.ts";
import { runRuntime } from "../faults/runtime.ts";
import { bearer, type Client, clientOf, keyOf, organizationOf, signUp } from "../http/api-client.ts";
import { openStream } from "../http/stream-client.ts";
import { OPERATOR_KEY } from "../setup/service-process.ts";

const RUNTIMES = 16;
const ORGANIZATIONS = 20;
const EVENTS_A_BATCH = 100;

export type SteadyLoad = {
  /** What was answered since it was last asked. */
  answered(): number;
  /** Resolves when nothing is under way any more; rejects with what went wrong meanwhile. */
  stop(): Promise<void>;
};

type Customer = { readonly id: string; readonly runtime: Client; readonly key: string };
type Step = (customer: Customer) => Promise<void>;

/** Everything that a service does all day, at once and without pause: calls, events, batches and credits, pages of the
 *  history, exports, and streams that come and go. @param seed repeats the requests, though not their moments. */
export async function startSteadyLoad(url: string, seed: number): Promise<SteadyLoad> {
  const customers = await openCustomers(url);
  const operator = clientOf(url, bearer(OPERATOR_KEY));
  const accounts = customers.map(({ id, runtime }) => ({ id, runtime, operator }));
  const targets = [{ untilReady: async () => {}, accounts }];
  const journal: HttpEntry[] = [];
  let isOver = false;
  let answered = 0;
  const runtimes = Array.from({ length: RUNTIMES }, (_, part) =>
    runRuntime({
      name: `r${part}`,
      random: createRandom(seed * 1_000 + part),
      targets,
      journal,
      isOver: () => isOver,
    }),
  );
  const repeat = async (step: Step, part: number) => {
    const random = createRandom(seed * 1_000 + 500 + part);
    while (!isOver) {
      await step(random.pick(customers));
      answered += 1;
    }
  };
  const done = Promise.all([...runtimes, ...[sendBatch(), readPages, watchStream(url)].map(repeat)]);
  // Heard by whoever stops it.
  done.catch(() => {});
  return {
    answered() {
      const sum = answered + journal.length;
      answered = 0;
      // Kept for as long as it runs, it would fill the memory of the test.
      journal.length = 0;
      return sum;
    },
    async stop() {
      isOver = true;
      await done;
    },
  };
}

async function openCustomers(url: string): Promise<Customer[]> {
  const owner = await signUp(url, "Olivia");
  const operator = clientOf(url, bearer(OPERATOR_KEY));
  return Promise.all(
    Array.from({ length: ORGANIZATIONS }, async (_, number) => {
      const id = await organizationOf(owner, `Organization ${number}`);
      const runtime = await keyOf(owner, url, id, ["charge", "read"]);
      const grant = { organization_id: id, credit_id: "start", kind: "manual_grant", amount: 10_000_000 };
      await operator.post("/api/billing/credits", { ...grant, reason: "the start" });
      return { id, runtime, key: runtime.key };
    }),
  );
}

function sendBatch(): Step {
  let sent = 0;
  return async ({ runtime }) => {
    const events = Array.from({ length: EVENTS_A_BATCH }, () => {
      sent += 1;
      return { event_id: `batch-${sent}`, agent_id: "agent_batch", architecture: "api", units: 1 };
    });
    const { status, text } = await runtime.post("/api/billing/usage/batch", { events });
    expect(status, text).toBe(200);
  };
}

async function readPages({ id, runtime }: Customer): Promise<void> {
  for (const path of [
    `/api/billing/balance/${id}`,
    "/api/billing/history?limit=100&offset=50",
    "/api/billing/summary",
    "/api/billing/sessions?limit=100",
    "/api/billing/usage?interval=hour&group_by=agent",
    "/api/billing/export?format=csv",
  ]) {
    const { status, text } = await runtime.get(path);
    expect(status, `${path}: ${text.slice(0, 500)}`).toBe(200);
  }
}

function watchStream(url: string): Step {
  return async ({ key, runtime }) => {
    const stream = await openStream(url, { headers: { authorization: `Bearer ${key}` } });
    await runtime.post("/api/billing/sessions", { agent_id: "agent_stream", architecture: "text" });
    await vi.waitUntil(() => stream.messages.length > 0, { timeout: 60_000, interval: 20 });
    stream.cut();
  };
}
