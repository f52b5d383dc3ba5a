import { createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestService, type TestOrganization, type TestService } from "../setup/service.ts";
import { clientOf } from "./api-client.ts";

let service: TestService;
let acme: TestOrganization;

const MONTH = new Date().toISOString().slice(0, 7);
const path = (query = "", month = MONTH) => `/api/billing/statements/${month}${query}`;

beforeAll(async () => {
  service = await startTestService();
  acme = await service.organization(12.5);
  const event = { agent_id: "agent_1", agent_name: "Łukasz, sales", architecture: "api", units: 50 };
  const events = [
    { ...event, event_id: "a" },
    { ...event, event_id: "b", agent_id: "agent_2", agent_name: "日本 support" },
  ];
  for (const one of events) expect((await acme.runtime.post("/api/billing/usage", one)).status).toBe(201);
});

afterAll(() => service?.stop());

test("the present month is open, and opening balance and everything posted come to the balance", async () => {
  const { status, body } = await acme.runtime.get(path());
  const { data } = body;
  expect(status).toBe(200);
  expect(data).toMatchObject({
    organization_id: acme.id,
    month: MONTH,
    status: "open",
    opening_balance: 0,
    top_ups: 5,
    usage: -1,
    adjustments: 7.5,
    closing_balance: 11.5,
    usage_by_agent: [
      { agent_id: expect.any(String), sessions: 1, units: 50, amount: -0.5 },
      { agent_id: expect.any(String), sessions: 1, units: 50, amount: -0.5 },
    ],
    entries: [
      { seq: 1, kind: "welcome", amount: 5 },
      { seq: 2, kind: "adjustment", amount: 7.5 },
    ],
    entries_total: 2,
    first_seq: 1,
    last_seq: 4,
  });
  const history = await acme.runtime.get("/api/billing/history?limit=1");
  expect(data.head_hash).toBe(history.body.data[0].hash);
  const [header, head, end] = data.signed_head.trimEnd().split("\n");
  const signed = { organization_id: acme.id, seq: "4", hash: data.head_hash, balance: "115000" };
  expect(JSON.parse(head)).toMatchObject(signed);
  const key = readFileSync(join(service.dataDir, "checkpoint-key.pem"));
  const signature = Buffer.from(JSON.parse(end).signature, "base64");
  expect(verify(null, Buffer.from(`${header}\n${head}\n`), createPublicKey(key), signature)).toBe(true);
});

test("the months with a statement are those since the first transaction, the present one open", async () => {
  const { status, body } = await acme.runtime.get("/api/billing/statements");
  expect(status).toBe(200);
  expect(body).toMatchObject({ total: 1, limit: 50, offset: 0, data: [{ month: MONTH, status: "open" }] });
  const beyond = await acme.runtime.get("/api/billing/statements?offset=1");
  expect(beyond.body).toMatchObject({ total: 1, data: [] });
});

test("a month before the first transaction is closed and empty", async () => {
  const { body } = await acme.runtime.get(path("", "2020-01"));
  expect(body.data).toMatchObject({
    status: "closed",
    closing_balance: 0,
    entries: [],
    first_seq: null,
    signed_head: null,
  });
});

test("the PDF is a document of A4 pages, with a title, for whatever characters names have", async () => {
  const { status, headers, text } = await acme.runtime.get(path("?format=pdf"));
  expect(status).toBe(200);
  expect(headers.get("content-type")).toBe("application/pdf");
  expect(headers.get("content-disposition")).toBe(`attachment; filename="airtime-statement-${MONTH}.pdf"`);
  expect(text).toMatch(/^%PDF-1\.\d/);
  expect(text.match(/\/Type \/Page\b/g)).toHaveLength(1);
  expect(text).toContain("/MediaBox [0 0 595.28 841.89]");
  expect(text.trimEnd().endsWith("%%EOF")).toBe(true);
});

test("the PDF says what the JSON says", async () => {
  const { demo, url } = service;
  const { data } = (await service.runtime.get(path())).body;
  const headers = { authorization: `Bearer ${demo.api_key}` };
  const response = await fetch(`${url}${path("?format=pdf")}`, { headers });
  const text = textIn(Buffer.from(await response.arrayBuffer()));
  expect(data.usage_by_agent.length).toBeGreaterThan(0);
  const amounts = [data.opening_balance, data.top_ups, data.usage, data.closing_balance];
  for (const { amount } of [...data.usage_by_agent, ...data.entries]) amounts.push(amount);
  for (const amount of amounts)
    expect(text).toContain(amount.toLocaleString("en-US", { minimumFractionDigits: 4 }));
  expect(text).toContain("Statement of credits");
  expect(text).toContain(data.head_hash);
  expect(text).toContain("Page 1 of 1");
});

/** What is written on the pages in the standard fonts: hexadecimal pieces in compressed streams. */
function textIn(pdf: Buffer): string {
  const lines: string[] = [];
  for (const match of pdf.toString("latin1").matchAll(/stream\n(.*?)\nendstream/gs)) {
    const content = inflateSync(Buffer.from(match[1] ?? "", "latin1")).toString("latin1");
    for (const [, line = ""] of content.matchAll(/\[(.*?)\] TJ/gs))
      lines.push(
        [...line.matchAll(/<([0-9a-f]*)>/g)].map(([, hex = ""]) => Buffer.from(hex, "hex")).join(""),
      );
  }
  return lines.join("\n");
}

test("Owner, Admin, Member, a reading key and the operator read it; a key that may only charge does not", async () => {
  const clients = await Promise.all((["owner", "admin", "member"] as const).map(service.signIn));
  for (const client of clients) expect((await client.get(path())).status).toBe(200);
  expect((await (await acme.key(["read"])).get(path())).status).toBe(200);
  expect((await service.operator.get(path(`?organization_id=${acme.id}`))).body.data.closing_balance).toBe(
    11.5,
  );
  expect(await (await acme.key(["charge"])).get(path())).toMatchObject({ status: 403 });
});

test("it is refused without a credential, to strangers, and for what is no month or not begun", async () => {
  expect((await clientOf(service.url).get(path())).status).toBe(401);
  expect((await acme.runtime.get(path(`?organization_id=${service.demo.organization_id}`))).status).toBe(404);
  expect(await acme.runtime.get(path("", "2098-01"))).toMatchObject({
    status: 404,
    body: { code: "not_found" },
  });
  for (const month of ["2026-13", "2026-1", "november", "0026-01"])
    expect((await acme.runtime.get(path("", month))).status).toBe(422);
  expect((await acme.runtime.get(path("?format=xml"))).status).toBe(422);
});
