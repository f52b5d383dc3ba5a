import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestService, type TestService } from "../setup/service.ts";

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});

afterAll(() => service?.stop());

test("the CSV has every transaction, oldest first, with plain numbers and no text that a spreadsheet would run", async () => {
  const acme = await service.organization(10);
  const event = {
    event_id: "e",
    agent_id: "=cmd()",
    architecture: "api",
    units: 3,
    description: '=1+1, "quoted"',
  };
  await acme.runtime.post("/api/billing/usage", event);
  const { text, headers } = await acme.runtime.get("/api/billing/export?format=csv");
  expect(headers.get("content-type")).toContain("text/csv");
  const [header, ...rows] = text.trimEnd().split("\r\n");
  expect(header).toBe(
    "seq,id,created_at,type,kind,description,amount,balance_before,balance_after,billing_session_id,agent_id",
  );
  expect(rows).toHaveLength(3);
  expect(rows[2]).toContain(`,consumption,api,"'=1+1, ""quoted""",-0.0300,10.0000,9.9700,,'=cmd()`);
});

test("the JSON file is the history, and a period bounds it", async () => {
  const history = await service.runtime.get("/api/billing/history?limit=1000");
  const all = await service.runtime.get("/api/billing/export?format=json");
  expect(all.body.data).toEqual([...history.body.data].reverse());
  const none = await service.runtime.get("/api/billing/export?format=json&to=2000-01-01T00:00:00Z");
  expect(none.body.data).toEqual([]);
});

test("a type bounds the file, and one that broke off goes on after the last row received", async () => {
  const acme = await service.organization(10);
  const events = ["a", "b", "c"].map((event_id) => ({
    event_id,
    agent_id: "x",
    architecture: "api",
    units: 1,
  }));
  await acme.runtime.post("/api/billing/usage/batch", { events });
  const seqs = async (query: string) => {
    const { body } = await acme.runtime.get(`/api/billing/export?format=json&${query}`);
    return body.data.map((row: { seq: number }) => row.seq);
  };
  expect(await seqs("type=consumption")).toEqual([3, 4, 5]);
  expect(await seqs("type=topup")).toEqual([1]);
  expect(await seqs("after_seq=3")).toEqual([4, 5]);
  expect(await seqs("type=consumption&after_seq=4")).toEqual([5]);
});
