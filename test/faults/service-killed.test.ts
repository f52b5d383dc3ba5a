import { afterAll, beforeAll, expect, test } from "vitest";
import { type DemoProcess, startDemoProcess } from "../e2e/demo-process.ts";
import { bearer, clientOf } from "../http/api-client.ts";

let service: DemoProcess;

beforeAll(async () => {
  service = await startDemoProcess();
});

afterAll(() => service?.stop());

const charge = (id: string) =>
  clientOf(service.baseUrl, bearer(service.demo.api_key)).post("/api/billing/usage", {
    event_id: id,
    agent_id: "agent_kill",
    architecture: "api",
    units: 1,
  });

/** Charges without pause until the service is gone, and keeps a journal as a careful client would. */
async function chargeUntilGone(
  worker: string,
  journal: Map<string, "acknowledged" | "unknown">,
): Promise<void> {
  for (let number = 0; ; number += 1) {
    const id = `${worker}-${number}`;
    try {
      const { status } = await charge(id);
      if (status === 201) journal.set(id, "acknowledged");
    } catch {
      journal.set(id, "unknown");
      return;
    }
  }
}

test("after kill -9 under load nothing acknowledged is missing and nothing is charged twice", async () => {
  for (const round of [1, 2, 3]) {
    const journal = new Map<string, "acknowledged" | "unknown">();
    const workers = Array.from({ length: 8 }, (_, worker) => chargeUntilGone(`r${round}w${worker}`, journal));
    await expect.poll(() => journal.size, { timeout: 20_000 }).toBeGreaterThan(40 * round);
    await service.kill();
    await Promise.all(workers);
    await service.restart();

    const runtime = clientOf(service.baseUrl, bearer(service.demo.api_key));
    const { body } = await runtime.get("/api/billing/history?limit=1000&type=consumption");
    const charged = body.data.map(
      (transaction: { metadata: { event_id?: string } }) => transaction.metadata.event_id,
    );
    const acknowledged = [...journal].filter(([, fate]) => fate === "acknowledged").map(([id]) => id);
    for (const id of acknowledged) expect(charged.filter((other: string) => other === id)).toHaveLength(1);
    // Whatever was unknown is decided by a retry, once.
    for (const [id, fate] of journal) {
      if (fate === "acknowledged") continue;
      const [first, second] = [await charge(id), await charge(id)];
      expect(second).toMatchObject({ status: 200, body: { transaction: { id: first.body.transaction.id } } });
    }
  }
});
