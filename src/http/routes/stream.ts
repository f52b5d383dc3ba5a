import websocket from "@fastify/websocket";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { WebSocket } from "ws";
import { z } from "zod";
import { sendInvalid, sendProblem } from "../problems.ts";
import { idInput } from "../schemas.ts";
import { streamMessageSchema } from "../wire/stream-message.ts";
import type { ZodServer } from "../zod-server.ts";
import { type AccessDependencies, createAccessCheck, credentialOf } from "./stream-access.ts";
import { watchConnections } from "./stream-connections.ts";
import { createSocketSink, type SocketSink } from "./stream-sink.ts";
import { upgradesTo } from "./stream-upgrades.ts";

/** The live stream, one WebSocket an organization and page. Everything that can be refused is refused before the
 *  upgrade, as a problem document. Source: contract, Reading; Decisions, "Live and mail". */
export async function registerStreamRoute(
  server: ZodServer,
  dependencies: StreamDependencies,
): Promise<void> {
  const { hub, lastSeq, beatMs } = dependencies;
  const watch = watchConnections({
    isAllowed: createAccessCheck(dependencies),
    ...(beatMs === undefined ? {} : { beatMs }),
    onFault: (error) => server.log.warn({ err: error }, "open streams could not be reviewed"),
  });
  await installWebSockets(server, () => {
    watch.stop();
    hub.stop();
  });
  // Read before the upgrade: whatever is committed once a client sees its connection open reaches it.
  const startSeqs = new WeakMap<FastifyRequest, bigint>();
  server.route({
    method: "GET",
    url: STREAM_PATH,
    config: { action: "view_billing" },
    schema: { ...DOCUMENTATION, querystring: streamQuery },
    preHandler: async (request: FastifyRequest, reply: FastifyReply) => {
      if (!request.ws) return;
      if (hub.isFull(request.organizationId)) {
        return sendProblem(reply, "rate_limited", {
          detail: "The organization has as many open streams as it may.",
          retry_after_seconds: 10,
        });
      }
      startSeqs.set(request, await lastSeq(request.organizationId));
    },
    handler: async (_request, reply) => {
      reply.header("upgrade", "websocket");
      return sendInvalid(reply, [{ path: "Upgrade", message: "Connect with a WebSocket" }]);
    },
    wsHandler: (socket: WebSocket, request) => {
      const { organizationId, principal, query } = request;
      watch.add(socket, { organizationId, principal, credential: credentialOf(request.headers) });
      const leave = hub.subscribe({
        organizationId,
        afterSeq: query.after_seq ?? null,
        lastSeq: startSeqs.get(request) ?? 0n,
        sink: createSocketSink(socket),
      });
      socket.on("close", leave);
    },
  });
}

export type StreamDependencies = AccessDependencies & {
  readonly hub: StreamHub;
  /** The number of the organization's last news; 0 when there are none. */
  readonly lastSeq: (organizationId: string) => Promise<bigint>;
  readonly beatMs?: number;
};

/** Carries news to those who listen. */
export type StreamHub = {
  isFull(organizationId: string): boolean;
  /** @returns the way to leave. */
  subscribe(subscription: {
    readonly organizationId: string;
    readonly afterSeq: bigint | null;
    readonly lastSeq: bigint;
    readonly sink: SocketSink;
  }): () => void;
  stop(): void;
};

const STREAM_PATH = "/api/billing/stream";

// Clients have nothing to say here.
const CLIENT_MESSAGE_BYTES_MAX = 1_024;

const streamQuery = z.strictObject({
  organization_id: idInput.optional(),
  after_seq: z
    .string()
    .regex(/^\d{1,18}$/, "Must be the seq of a message")
    .transform((digits) => BigInt(digits))
    .optional()
    .describe("Resume: everything after this seq, without gap or duplicate. Without it, news from now on."),
});

const DOCUMENTATION = {
  tags: ["Reading"],
  summary: "News as it happens, over a WebSocket",
  description:
    "Each message is a StreamMessage in JSON. `seq` rises by 1. Close codes: 1001 the service stops, 1008 access was " +
    "withdrawn, 1013 try again (with after_seq), 4410 after_seq is no longer known (news are kept for 7 days): read the " +
    "balance and connect without it.",
  response: {
    101: {
      description: "The connection is a WebSocket now",
      content: { "application/json": { schema: streamMessageSchema } },
    },
  },
};

async function installWebSockets(server: ZodServer, onClose: () => void): Promise<void> {
  // The plugin ends the connections of refused upgrades only once its own hook has seen them. A caller who is refused
  // before that, for want of a credential, would keep the connection, and a stopping server would wait for it.
  server.addHook("onResponse", async (request) => {
    if (request.headers.upgrade !== undefined) request.raw.socket.destroySoon();
  });
  await server.register(websocket, {
    options: {
      // The plugin only listens to upgrades on it.
      server: upgradesTo(STREAM_PATH, server.server),
      maxPayload: CLIENT_MESSAGE_BYTES_MAX,
    },
    errorHandler: (error, socket, request) => {
      request.log.debug({ err: error }, "a stream broke");
      socket.terminate();
    },
    preClose: (done) => {
      onClose();
      server.websocketServer.close();
      done();
    },
  });
}
