import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { type ConnectionWatch, type WatchSettings, watchConnections } from "./stream-connections.ts";

let server: Server;
let sockets: WebSocketServer;
let watch: ConnectionWatch;

beforeEach(async () => {
  server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  sockets = new WebSocketServer({ server });
});

afterEach(() => {
  watch.stop();
  for (const socket of sockets.clients) socket.terminate();
  sockets.close();
  server.close();
});

function addressOf(listening: Server): string {
  const address = listening.address();
  if (address === null || typeof address === "string") throw new Error("the server listens on no port");
  return `ws://127.0.0.1:${address.port}`;
}

const access = (token: string) => ({
  organizationId: "org_1",
  principal: { kind: "operator" as const },
  credential: { kind: "bearer" as const, token },
});

function start(settings: Partial<WatchSettings>): void {
  watch = watchConnections({ beatMs: 20, isAllowed: async () => true, onFault: () => {}, ...settings });
}

async function connect(token: string): Promise<{ client: WebSocket; closed: Promise<number> }> {
  const opened = once(sockets, "connection");
  const client = new WebSocket(addressOf(server));
  const closed = new Promise<number>((resolve) => client.on("close", resolve));
  // The server's side may be open before the client's is.
  const [[socket]] = await Promise.all([opened, once(client, "open")]);
  watch.add(socket, access(token));
  return { client, closed };
}

test("a connection whose opener lost access is closed with 1008, the others stay", async () => {
  const isAllowed = vi.fn(async ({ credential }) => credential.token !== "revoked");
  start({ isAllowed });
  const revoked = await connect("revoked");
  const kept = await connect("kept");
  expect(await revoked.closed).toBe(1008);
  expect(kept.client.readyState).toBe(WebSocket.OPEN);
});

test("connections that share a credential are asked about once a beat", async () => {
  const isAllowed = vi.fn(async () => true);
  start({ isAllowed, beatMs: 200 });
  await connect("same");
  await connect("same");
  await connect("same");
  await expect.poll(() => isAllowed.mock.calls.length).toBe(1);
});

test("a question that cannot be answered leaves the connection open and is asked again", async () => {
  const answers = [new Error("the database is away"), true];
  const isAllowed = vi.fn(async () => {
    const answer = answers.shift() ?? false;
    if (answer instanceof Error) throw answer;
    return answer;
  });
  const onFault = vi.fn();
  start({ isAllowed, onFault });
  const { closed } = await connect("key");
  expect(await closed).toBe(1008);
  expect(isAllowed).toHaveBeenCalledTimes(3);
  expect(onFault).toHaveBeenCalledTimes(1);
});

test("a connection that answers no ping is cut off", async () => {
  start({ beatMs: 100 });
  const silent = await connect("silent");
  const answering = await connect("answering");
  const pings = vi.fn();
  answering.client.on("ping", pings);
  // A client that reads nothing more cannot answer.
  silent.client.pause();
  await expect.poll(() => sockets.clients.size).toBe(1);
  await expect.poll(() => pings.mock.calls.length).toBeGreaterThan(2);
  expect(answering.client.readyState).toBe(WebSocket.OPEN);
});
