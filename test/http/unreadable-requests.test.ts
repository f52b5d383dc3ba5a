import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { startTestService, type TestService } from "../setup/service.ts";
import { bearer, clientOf } from "./api-client.ts";
import { openStream } from "./stream-client.ts";

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

/** Whatever the service says to these bytes until it hangs up. */
function say(bytes: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(service.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    const chunks: Buffer[] = [];
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", reject);
    socket.on("close", () => resolve(Buffer.concat(chunks).toString()));
  });
}

const HEAD = "GET /healthz HTTP/1.1\r\nHost: a\r\n";

test.each([
  ["no HTTP", "\x16\x03\x01\x02\x00\x01\x00hello\r\n\r\n", "The request is not valid HTTP."],
  ["headers without end", `${HEAD}X-A: ${"a".repeat(20_000)}\r\n\r\n`, "The headers are larger than 16 KiB."],
  [
    "two lengths of one body",
    "POST /api/billing/usage HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
    "",
  ],
  [
    "a length and chunks at once",
    "POST /api/billing/usage HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "",
  ],
  ["a header with a line break of its own", `${HEAD}X-A: a\rb\r\n\r\n`, ""],
  ["a NUL in a header", `${HEAD}X-A: a\0b\r\n\r\n`, ""],
])("%s is refused with a problem document, and the connection ends", async (_what, bytes, detail) => {
  const answer = await say(bytes);
  const [head = "", body = ""] = answer.split("\r\n\r\n");
  expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(head).toContain("Content-Type: application/problem+json");
  expect(JSON.parse(body)).toMatchObject({ success: false, status: 400, code: "malformed" });
  expect(body).toContain(detail);
  expect((await clientOf(service.url).get("/healthz")).status).toBe(200);
});

test("a body that nests too deeply is refused before anything walks through it", async () => {
  const nested = `{"metadata":${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}}`;
  const answer = await service.runtime.post("/api/billing/sessions", nested);
  expect(answer).toMatchObject({ status: 400, body: { code: "malformed" } });
  expect(answer.body.detail).toContain("nests");
});

test("whatever a page sends on the stream, it and the others go on hearing the news", async () => {
  const { id, owner, runtime } = await service.organization(10);
  const key = await owner.post(`/api/organizations/${id}/api-keys`, { name: "stream", scopes: ["read"] });
  const headers = bearer(key.body.api_key.key);
  const listener = await openStream(service.url, { headers });
  const address = `${service.url.replace(/^http/, "ws")}/api/billing/stream`;
  const loud = new WebSocket(address, { headers: { ...headers } });
  await new Promise((resolve, reject) => loud.once("open", resolve).once("error", reject));
  loud.send("x".repeat(100_000));
  loud.send(Buffer.from([0xff, 0x00]));
  loud.send('{"type":"subscribe","organization_id":"another","__proto__":{}}');
  loud.ping("p".repeat(125));
  const frame = new WebSocket(address, { headers: { ...headers } });
  await new Promise((resolve, reject) => frame.once("open", resolve).once("error", reject));
  const closed = new Promise((resolve) => frame.once("close", resolve));
  frame.on("error", () => {});
  // A frame with bits that are reserved: the connection ends, and it alone.
  Reflect.get(frame, "_socket").write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
  await closed;
  const usage = { event_id: "heard", agent_id: "a", architecture: "text", messages: 10 };
  expect((await runtime.post("/api/billing/usage", usage)).status).toBe(201);
  await expect.poll(() => listener.messages.map(({ type }) => type)).toContain("credit_consumed");
  listener.cut();
  loud.terminate();
});

test.each([
  "after_seq=-1",
  "after_seq=1e999",
  "after_seq=%00",
  "organization_id=another",
  "__proto__=1",
  "after_seq=1&after_seq=2",
])("an upgrade with ?%s is refused as a problem document", async (query) => {
  const { runtime } = service;
  const answer = await runtime.get(`/api/billing/stream?${query}`, {
    connection: "close",
  });
  expect(answer.status).toBeGreaterThanOrEqual(404);
  expect(answer.status).toBeLessThan(500);
  expect(answer.body).toMatchObject({ success: false, code: expect.stringMatching(/^(invalid|not_found)$/) });
});
