import { afterEach, expect, test, vi } from "vitest";
import { call } from "./call.ts";

afterEach(() => vi.unstubAllGlobals());

test("an operation is asked by its method, with its path, query and body in their places", async () => {
  const asked: unknown[] = [];
  vi.stubGlobal("fetch", async (address: string, { method, body }: RequestInit) => {
    asked.push([method, address, body]);
    return new Response('{"success":true}');
  });
  const query = { organization_id: "org_1" };
  await call("GET /api/billing/sessions/{id}", { path: { id: "a/b" }, query });
  await call("GET /api/billing/history", { query: { ...query, limit: "25", type: undefined } });
  await call("POST /api/billing/checkout", { body: { variant_id: "7" } });
  expect(asked).toEqual([
    ["GET", "/api/billing/sessions/a%2Fb?organization_id=org_1", undefined],
    ["GET", "/api/billing/history?organization_id=org_1&limit=25", undefined],
    ["POST", "/api/billing/checkout", '{"variant_id":"7"}'],
  ]);
});
