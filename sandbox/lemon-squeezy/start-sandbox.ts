import type { AddressInfo } from "node:net";
import Fastify, { type FastifyInstance } from "fastify";
import { registerApiRoutes } from "./api-routes.ts";
import { registerCheckoutRoutes } from "./checkout-routes.ts";
import type { SandboxContext, SandboxVariant } from "./context.ts";
import { registerControlRoutes } from "./control-routes.ts";
import { refuse, sendRefusal } from "./refusal.ts";
import { openState } from "./state.ts";
import { createWebhookSender } from "./webhook-sender.ts";

export type LemonSqueezySandboxOptions = {
  /** 0 takes a free one. */
  readonly port: number;
  readonly storeId: string;
  /** Shown on the checkout page. */
  readonly storeName?: string;
  readonly webhookUrl: string;
  readonly webhookSecret: string;
  readonly variants: readonly SandboxVariant[];
  readonly testMode: boolean;
  /** Pauses before the second, third… delivery of a webhook. Default 5, 25 and 125 s, as the real one. */
  readonly retryDelaysMs?: readonly number[];
  /** 0 to 1: draws which webhooks the faults strike. Default Math.random; checks that repeat themselves bring their own. */
  readonly random?: () => number;
  /** Bound of one delivery. Default 10 s. */
  readonly webhookTimeoutMs?: number;
  /** Calls to /v1 a minute and key. Default 300, as the real one. */
  readonly rateLimitPerMinute?: number;
  /** File that keeps checkouts, orders and undelivered webhooks over a restart. */
  readonly statePath?: string;
};

export type LemonSqueezySandbox = {
  /** Without a slash at the end; what LEMONSQUEEZY_API_URL points at. */
  readonly url: string;
  /** Stops listening and sending; what is not delivered is sent after the next start with the same file. */
  readonly stop: () => Promise<void>;
};

/** Starts a local stand-in for Lemon Squeezy on loopback: its API, its checkout page, its webhooks.
 *  Resolves once it listens; throws when the port is taken or the state file is not its own. */
export async function startLemonSqueezySandbox(
  options: LemonSqueezySandboxOptions,
): Promise<LemonSqueezySandbox> {
  const store = await openState(options.statePath);
  const sender = createWebhookSender({
    store,
    webhookUrl: options.webhookUrl,
    webhookSecret: options.webhookSecret,
    retryDelaysMs: options.retryDelaysMs ?? [5_000, 25_000, 125_000],
    timeoutMs: options.webhookTimeoutMs ?? 10_000,
    random: options.random ?? Math.random,
  });
  const server = Fastify({ bodyLimit: 1024 * 1024, forceCloseConnections: true });
  let url = "";
  const context: SandboxContext = {
    store,
    sender,
    storeId: options.storeId,
    storeName: options.storeName ?? "Airtime",
    variants: options.variants,
    testMode: options.testMode,
    rateLimitPerMinute: options.rateLimitPerMinute ?? 300,
    url: () => url,
  };
  acceptJsonApi(server);
  registerApiRoutes(server, context);
  registerCheckoutRoutes(server, context);
  registerControlRoutes(server, context);
  await server.listen({ host: "127.0.0.1", port: options.port });
  url = `http://127.0.0.1:${portOf(server.server.address())}`;
  sender.resume();
  return {
    url,
    async stop() {
      await server.close();
      await sender.stop();
      await store.save();
    },
  };
}

function acceptJsonApi(server: FastifyInstance): void {
  server.removeContentTypeParser("application/json");
  server.addContentTypeParser(
    ["application/json", "application/vnd.api+json"],
    { parseAs: "string" },
    (_request, body, done) => {
      const text = String(body);
      try {
        // A refund without a body is a full refund, whatever the content type says.
        done(null, text.trim() === "" ? undefined : JSON.parse(text));
      } catch {
        done(Object.assign(new Error("The body is not JSON."), { statusCode: 400 }));
      }
    },
  );
  server.setNotFoundHandler((_request, reply) => sendRefusal(reply, refuse(404, "There is no such page.")));
  server.setErrorHandler((error, _request, reply) => {
    const status = error instanceof Error && "statusCode" in error ? Number(error.statusCode) : 500;
    const detail = error instanceof Error ? error.message : "Something went wrong.";
    return sendRefusal(reply, refuse(status, detail));
  });
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string")
    throw new Error("the sandbox does not listen on a port");
  return address.port;
}
