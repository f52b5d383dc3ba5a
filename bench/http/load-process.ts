import { randomUUID } from "node:crypto";
import { saturate } from "../load/saturate.ts";
import { createRandom } from "../random.ts";
import { type HttpAnswer, type HttpConnection, openConnection, type PostRequest } from "./http-connection.ts";
import type { LoadOrder, LoadResult } from "./load-order.ts";

/** The load generator: takes an order as a message, sends what it says, answers with what came of it. */
process.on("message", (order: LoadOrder) => {
  carryOut(order).then(
    (result) => process.send?.(result),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.once("SIGINT", () => process.exit(0));

async function carryOut(order: LoadOrder): Promise<LoadResult> {
  const connections = await Promise.all(
    Array.from({ length: order.connections }, (_, number) =>
      openConnection(order.ports[number % order.ports.length] ?? 0),
    ),
  );
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  try {
    const driven =
      order.load === "session_of_each_key"
        ? await driveEachKey(connections, order.keys)
        : await drivePeak(connections, order);
    const { user, system } = process.cpuUsage(cpuBefore);
    const generatorBusy = (user + system) / 1_000 / (performance.now() - startedAt);
    return { ...driven, generatorBusy };
  } finally {
    for (const connection of connections) connection.close();
  }
}

type Driven = Omit<LoadResult, "generatorBusy">;

async function drivePeak(connections: readonly HttpConnection[], order: LoadOrder): Promise<Driven> {
  const { keys, seconds } = order;
  const random = createRandom(Math.floor(performance.now()));
  const roundTrip = order.load === "bulk" ? driveBatch : driveSession;
  let postings = 0;
  const { perSecond, answered } = await saturate({
    workers: connections.length,
    seconds,
    work: async (tell, worker) => {
      const connection = connections[worker];
      const key = keys[Math.floor(random() * keys.length)];
      if (connection === undefined || key === undefined) throw new Error("a worker has no connection or key");
      // Two steps: the sum must be read after the answer, not before.
      const posted = await roundTrip(connection, key, tell);
      postings += posted;
    },
  });
  return { perSecond, answered, postings };
}

async function driveEachKey(
  connections: readonly HttpConnection[],
  keys: readonly string[],
): Promise<Driven> {
  const waiting = [...keys];
  let answered = 0;
  const tell: Tell = (commands) => {
    answered += commands;
  };
  await Promise.all(
    connections.map(async (connection) => {
      for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
        await driveSession(connection, key, tell);
      }
    }),
  );
  return { perSecond: 0, answered, postings: keys.length };
}

type Tell = (commands: number) => void;

/** A call as a runtime drives it: four requests, each after the answer to the one before. @returns transactions. */
async function driveSession(connection: HttpConnection, key: string, tell: Tell): Promise<number> {
  const id = randomUUID();
  const path = `/api/billing/sessions/${id}`;
  const start = {
    session_id: id,
    agent_id: "agent_abc123",
    agent_name: "Front desk",
    architecture: "pipeline",
  };
  for (const request of [
    { path: "/api/billing/sessions", body: JSON.stringify(start) },
    { path: `${path}/usage`, body: '{"seq":1,"duration_seconds":20}' },
    { path: `${path}/usage`, body: '{"seq":2,"duration_seconds":50}' },
    { path: `${path}/end`, body: '{"duration_seconds":70}' },
  ]) {
    await post(connection, { ...request, key });
    tell(1);
  }
  return 1;
}

const EVENTS_A_BATCH = 500;

async function driveBatch(connection: HttpConnection, key: string, tell: Tell): Promise<number> {
  const events = Array.from({ length: EVENTS_A_BATCH }, () => ({
    event_id: randomUUID(),
    agent_id: "agent_abc123",
    architecture: "pipeline",
    duration_seconds: 42,
  }));
  const path = "/api/billing/usage/batch";
  const { body } = await post(connection, { path, key, body: JSON.stringify({ events }) });
  // Whatever is not charged is named by one of these; reading all of it as JSON would cost as much as making it.
  for (const status of ['"refused"', '"conflict"', '"duplicate"']) {
    if (body.includes(status)) throw new Error(`an event was ${status}`);
  }
  tell(EVENTS_A_BATCH);
  return EVENTS_A_BATCH;
}

async function post(connection: HttpConnection, request: PostRequest): Promise<HttpAnswer> {
  const answer = await connection.post(request);
  if (answer.status !== 200 && answer.status !== 201) {
    throw new Error(`${request.path} answered ${answer.status}: ${answer.body.toString().slice(0, 500)}`);
  }
  return answer;
}
