import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Transaction } from "../../src/domain/ledger/transaction.ts";
import { credits } from "../../src/domain/money/credits.ts";
import { registerExportRoute } from "../../src/http/routes/export.ts";
import { type Client, keyOf, organizationOf, signUp } from "./api-client.ts";
import { type IdentityServer, startIdentityServer } from "./identity-server.ts";

/** Exports of a ledger without an end: how many rows each was asked for, and whether it was told to stop. */
const exports: { rows: number; isOver: boolean }[] = [];
const BOUNDED_ROWS = 2_000;

let server: IdentityServer;
let reader: Client & { readonly key: string };

beforeAll(async () => {
  server = await startIdentityServer({
    extra: (routes) =>
      registerExportRoute(routes, {
        exportTransactions: (organizationId, { until }) => endlessLedger(organizationId, until),
        showTransactions: async () => [],
      }),
  });
  const owner = await signUp(server.url, "Olivia");
  reader = await keyOf(owner, server.url, await organizationOf(owner), ["read"]);
});

afterAll(() => server?.stop());

async function* endlessLedger(organizationId: string, until: number | null): AsyncGenerator<Transaction> {
  const progress = { rows: 0, isOver: false };
  exports.push(progress);
  try {
    while (until === null || progress.rows < BOUNDED_ROWS) {
      progress.rows += 1;
      // As a page from the database does, it lets others have their turn.
      if (progress.rows % 100 === 0) await new Promise(setImmediate);
      yield transaction(organizationId, progress.rows);
    }
  } finally {
    progress.isOver = true;
  }
}

function transaction(organizationId: string, seq: number): Transaction {
  return {
    organizationId,
    seq: BigInt(seq),
    typeSeq: BigInt(seq),
    id: `txn_${seq}`,
    type: "consumption",
    kind: "api",
    counterAccount: "usage_revenue",
    amount: credits(-1n),
    balanceBefore: credits(0n),
    balanceAfter: credits(-1n),
    description: "x".repeat(1_000),
    sessionId: null,
    metadata: {},
    actor: null,
    sealedIp: null,
    occurredAt: null,
    recordedAt: 0,
    hash: "",
  };
}

test("an export that nobody takes stops reading, goes on when it is taken, and ends when its reader leaves", async () => {
  const response = await openExport();
  await once(response, "readable");
  const [slow] = exports;
  if (slow === undefined) throw new Error("the export did not begin");
  // A file that is read to its end beside it shows that time passes: by one of them the slow export stands still.
  await expect
    .poll(
      async () => {
        const before = slow.rows;
        await reader.get("/api/billing/export?to=2026-01-01T00:00:00Z");
        return slow.rows - before;
      },
      { timeout: 45_000 },
    )
    .toBe(0);
  expect(exports.slice(1).every(({ rows, isOver }) => isOver && rows === BOUNDED_ROWS)).toBe(true);
  expect(slow.isOver).toBe(false);

  const stoodAt = slow.rows;
  response.resume();
  await expect.poll(() => slow.rows).toBeGreaterThan(stoodAt);
  response.destroy();
  await expect.poll(() => slow.isOver).toBe(true);
});

function openExport(): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${reader.key}` };
    get(`${server.url}/api/billing/export`, { headers }, resolve).on("error", reject);
  });
}
