import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestService, type TestService } from "../setup/service.ts";
import { bearer, clientOf, keyOf } from "./api-client.ts";
import { openStream } from "./stream-client.ts";

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});

afterAll(() => service?.stop());

test.each(["ops/grafana/airtime.json", "ops/prometheus/airtime-alerts.yml", "docs/operations.md"])(
  "every metric that %s names exists",
  async (path) => {
    const known = await metricNames();
    const named = readFileSync(path, "utf8").match(/\b(airtime|nodejs|process)_[a-z0-9_]+\b/g) ?? [];
    expect(named.length).toBeGreaterThan(4);
    expect([...new Set(named)].filter((name) => !known.has(name))).toEqual([]);
  },
);

test("the dashboard asks the data source and the processes that its reader chooses", () => {
  const { panels } = JSON.parse(readFileSync("ops/grafana/airtime.json", "utf8"));
  const shown = panels.filter(({ type }: { type: string }) => type !== "row");
  for (const { title, datasource, targets } of shown) {
    expect(datasource.uid, title).toBe("$" + "{datasource}");
    for (const { expr } of targets) expect(expr, title).toContain('instance=~"$instance"');
  }
});

test("commands are counted by what came of them, and credits by the type of their transactions", async () => {
  const acme = await service.organization(1);
  const before = await samples();
  const event = { event_id: "e", agent_id: "a", architecture: "api", units: 3 };
  for (const units of [3, 3, 4]) await acme.runtime.post("/api/billing/usage", { ...event, units });
  await acme.runtime.post("/api/billing/usage", { ...event, event_id: "f", units: 1_000_000 });
  const after = await samples();
  const grown = (sample: string) => (after.get(sample) ?? 0) - (before.get(sample) ?? 0);
  const charged = (outcome: string) => grown(`airtime_commands_total{command="charge",outcome="${outcome}"}`);
  expect(["accepted", "repeated", "event_conflict", "insufficient_credits"].map(charged)).toEqual([
    1, 1, 1, 1,
  ]);
  expect(grown('airtime_credits_posted_total{type="consumption"}')).toBeCloseTo(0.03, 4);
  expect(grown("airtime_engine_transaction_commands_sum")).toBeGreaterThanOrEqual(4);
  expect(after.get("airtime_engine_queued_commands")).toBe(0);
});

test("what the floor did not allow to post is counted as uncollected, once", async () => {
  const acme = await service.organization(1);
  const path = "/api/billing/sessions";
  await acme.runtime.post(path, { session_id: "long", agent_id: "a", architecture: "pipeline" });
  const before = await samples();
  const end = { duration_seconds: 60_000 };
  const { body } = await acme.runtime.post(`${path}/long/end`, end);
  await acme.runtime.post(`${path}/long/end`, end);
  const name = "airtime_uncollected_credits_total";
  const after = await samples();
  expect(body.session.uncollected).toBeGreaterThan(0);
  expect((after.get(name) ?? 0) - (before.get(name) ?? 0)).toBeCloseTo(body.session.uncollected, 4);
});

test("a live stream is counted from its opening to its end, and what it is sent", async () => {
  const acme = await service.organization(1);
  const { key } = await keyOf(acme.owner, service.url, acme.id, ["read"]);
  const open = async () => (await samples()).get("airtime_streams_open");
  const stream = await openStream(service.url, { headers: bearer(key) });
  expect(await open()).toBe(1);
  await acme.runtime.post("/api/billing/usage", {
    event_id: "e",
    agent_id: "a",
    architecture: "api",
    units: 1,
  });
  await expect.poll(() => stream.messages.length).toBe(1);
  expect((await samples()).get("airtime_stream_messages_total")).toBe(1);
  stream.cut();
  await expect.poll(open).toBe(0);
});

async function metricNames(): Promise<Set<string>> {
  const { text } = await clientOf(service.url).get("/metrics");
  const names = new Set<string>();
  for (const [, name = "", type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    names.add(name);
    if (type === "histogram") for (const part of ["bucket", "sum", "count"]) names.add(`${name}_${part}`);
  }
  return names;
}

/** Every sample, by its name with labels. */
async function samples(): Promise<Map<string, number>> {
  const { text } = await clientOf(service.url).get("/metrics");
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(" ");
      return [line.slice(0, end), Number(line.slice(end + 1))];
    }),
  );
}
