import { once } from "node:events";
import { type ClientRequest, get, type IncomingMessage } from "node:http";
import fastify from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { newAccount } from "../../domain/ledger/account.ts";
import { post } from "../../domain/ledger/post.ts";
import type { Transaction } from "../../domain/ledger/transaction.ts";
import { credits } from "../../domain/money/credits.ts";
import { compileValidator } from "../invalid-input.ts";
import { createSerializer } from "../serializer.ts";
import type { ZodServer } from "../zod-server.ts";
import { registerExportRoute } from "./export.ts";

let server: ZodServer;
let url: string;
let taken: number;
let hasEnded: boolean;

const policy = { graceLimit: credits(0n), lowBalanceThreshold: credits(0n) };
const { transaction } = post(
  newAccount("org", policy, 0),
  {
    kind: "api",
    amount: credits(-1n),
    description: "endless",
    metadata: {},
    origin: { actor: null, sealedIp: null },
  },
  0,
);

/** A ledger without an end. A turn of the event loop passes between pages, as it does when they are read. */
async function* endless(): AsyncGenerator<Transaction> {
  try {
    for (;;) {
      if (taken % 1_000 === 0) await new Promise(setImmediate);
      taken += 1;
      yield transaction;
    }
  } finally {
    hasEnded = true;
  }
}

beforeEach(async () => {
  taken = 0;
  hasEnded = false;
  server = fastify();
  server.setValidatorCompiler(compileValidator);
  server.setSerializerCompiler(createSerializer({ checkAnswers: true }));
  server.decorateRequest("organizationId", "org");
  registerExportRoute(server, { exportTransactions: endless, showTransactions: async () => [] });
  url = await server.listen({ host: "127.0.0.1", port: 0 });
});
afterEach(() => server.close());

async function startExport(): Promise<{ request: ClientRequest; response: IncomingMessage }> {
  const request = get(`${url}/api/billing/export`);
  request.on("error", () => {}); // it is cut below
  const [response]: IncomingMessage[] = await once(request, "response");
  if (response === undefined) throw new Error("there is no answer");
  response.on("error", () => {});
  return { request, response };
}

/** Resolves when as many rows were taken at one look as at the one before. */
async function untilNoneIsTaken(): Promise<number> {
  let before = -1;
  await expect
    .poll(
      () => {
        const isSame = taken === before;
        before = taken;
        return isSame;
      },
      { interval: 300, timeout: 50_000 },
    )
    .toBe(true);
  return before;
}

test("a reader that does not read holds the export up, and lets it go on when it does", async () => {
  const { request, response } = await startExport();
  const held = await untilNoneIsTaken();
  expect(held).toBeGreaterThan(0);
  response.resume();
  await expect.poll(() => taken).toBeGreaterThan(held + 10_000);
  request.destroy();
});

test("an export whose reader went away ends", async () => {
  const { request } = await startExport();
  request.destroy();
  await expect.poll(() => hasEnded).toBe(true);
});
