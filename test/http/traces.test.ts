import { randomBytes } from "node:crypto";
import { Writable } from "node:stream";
import { context, propagation, trace } from "@opentelemetry/api";
import { expect, test } from "vitest";
import { createLogger } from "../../src/http/logger.ts";
import { startTestService } from "../setup/service.ts";
import { type Span, startTraceCollector } from "./trace-collector.ts";

test("a request's trace goes on from the caller's through HTTP, the engine and SQL", async () => {
  const collector = await startTraceCollector();
  const service = await startTestService({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  const acme = await service.organization(10);
  const [charge, refused, reading] = [newTrace(), newTrace(), newTrace()];
  const event = { event_id: "e", agent_id: "a", architecture: "api", units: 3 };
  await acme.runtime.post("/api/billing/usage", event, { ...charge.header, "x-request-id": "trace-me" });
  await acme.runtime.post("/api/billing/usage", { ...event, units: 4 }, refused.header);
  await acme.runtime.get("/api/billing/history", reading.header);
  await service.stop();
  await collector.stop();

  expect([...collector.services]).toEqual(["airtime"]);
  const charged = collector.spans.filter(({ traceId }) => traceId === charge.id);
  // The key is looked up on its first use only.
  const tree = treeOf(charged, charge.parent).filter((name) => !/^ {2}SQL/.test(name));
  expect(tree).toEqual([
    "POST /api/billing/usage",
    "  post charge",
    "    engine transaction",
    "      SQL lock and load",
    "      decide",
    "      SQL write and commit",
  ]);
  expect(charged.find(({ name }) => name.startsWith("POST"))?.fields).toMatchObject({
    "http.response.status_code": "201",
    "airtime.request_id": "trace-me",
    "airtime.organization_id": acme.id,
  });
  const conflict = collector.spans.find(({ traceId, name }) => traceId === refused.id && /^POST/.test(name));
  expect(conflict?.fields["http.response.status_code"]).toBe("409");
  const read = collector.spans.filter(({ traceId }) => traceId === reading.id);
  expect(treeOf(read, reading.parent).slice(0, 2)).toEqual(["GET /api/billing/history", "  SQL select"]);
  expect(read.map(({ fields }) => fields["db.query.text"] ?? "").join()).toContain("from transaction t");
  // What nobody asked for, such as sweepers, is in no trace.
  const roots = collector.spans.filter(({ parentId }) => parentId === "").map(({ name }) => name);
  expect(roots.filter((name) => name.startsWith("SQL"))).toEqual([]);
});

test("a batch is one step of its trace, however many transactions its events take", async () => {
  const collector = await startTraceCollector();
  const service = await startTestService({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  const acme = await service.organization(10);
  const events = Array.from({ length: 301 }, (_, number) => ({
    event_id: `e${number}`,
    agent_id: "a",
    architecture: "api",
    units: 1,
  }));
  const { id, parent, header } = newTrace();
  const answer = await acme.runtime.post("/api/billing/usage/batch", { events }, header);
  expect(answer.status).toBe(200);
  await service.stop();
  await collector.stop();
  const spans = collector.spans.filter(({ traceId }) => traceId === id);
  const tree = treeOf(spans, parent).filter((name) => !/^ *SQL/.test(name) && !name.endsWith("decide"));
  // One after the other, and again where one had to be repeated.
  expect([...new Set(tree)]).toEqual([
    "POST /api/billing/usage/batch",
    "  post charge",
    "    engine transaction",
  ]);
  expect(tree.filter((name) => name.endsWith("post charge"))).toHaveLength(1);
});

test("a log line carries the trace that it belongs to", async () => {
  const collector = await startTraceCollector();
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const options = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
  const service = await startTestService(options, createLogger("info", sink));
  const { id, header } = newTrace();
  await service.runtime.get("/api/billing/transactions/none", header);
  await service.stop();
  await collector.stop();
  const line = lines.map((text) => JSON.parse(text)).find(({ status }) => status === 404);
  expect(line).toMatchObject({ trace_id: id, request_id: expect.stringContaining("req_"), msg: "refused" });
});

test("a collector that is away holds nobody up", async () => {
  const collector = await startTraceCollector();
  await collector.stop();
  const service = await startTestService({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  expect((await service.runtime.get("/api/billing/summary")).status).toBe(200);
  await service.stop();
});

test("without a collector no span is made and no context is kept", async () => {
  const service = await startTestService();
  const { header } = newTrace();
  expect((await service.runtime.get("/api/billing/summary", header)).status).toBe(200);
  expect(trace.getTracer("airtime").startSpan("any").isRecording()).toBe(false);
  context.with(trace.setSpan(context.active(), trace.wrapSpanContext(SOME_SPAN)), () => {
    expect(trace.getActiveSpan()).toBeUndefined();
  });
  expect(propagation.fields()).toEqual([]);
  await service.stop();
});

const SOME_SPAN = { traceId: "1".repeat(32), spanId: "1".repeat(16), traceFlags: 1 };

function newTrace() {
  const [id, parent] = [randomBytes(16).toString("hex"), randomBytes(8).toString("hex")];
  return { id, parent, header: { traceparent: `00-${id}-${parent}-01` } };
}

/** Names, indented below their parents. */
function treeOf(spans: readonly Span[], parent: string, indent = ""): string[] {
  return spans
    .filter(({ parentId }) => parentId === parent)
    .flatMap(({ name, id }) => [`${indent}${name}`, ...treeOf(spans, id, `${indent}  `)]);
}
