import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isUnlimited } from "./principal.ts";
import { sendProblem } from "./problems.ts";
import { WindowCounts } from "./window-counts.ts";

/** Limits requests a minute per person or reading key, and sign-ins per address; the operator and charging keys are
 *  never slowed down. Counts are this process's own. Source: contract, "Who". Has to be installed after
 *  authentication, because a limit is the caller's. */
export async function installRateLimits(server: FastifyInstance, limits: RateLimits): Promise<void> {
  await server.register(rateLimit, { global: false, store: WindowCounts });
  const ofCaller = server.createRateLimit({
    max: limits.perCallerPerMinute,
    timeWindow: MINUTE_MS,
    keyGenerator: callerKey,
  });
  const ofAddress = server.createRateLimit({
    max: limits.signInsPerAddressPerMinute,
    timeWindow: MINUTE_MS,
    keyGenerator: (request) => `address:${request.ip}`,
  });
  server.addHook("onRequest", (request, reply, done) => {
    const limit = limitFor(request);
    // Charging goes through here too, and is not to wait for so much as a promise.
    if (limit === null) return done();
    limit(request).then((count) => {
      if (refuse(reply, count) === undefined) done();
    }, done);
  });

  function limitFor(request: FastifyRequest) {
    if (request.routeOptions.config.isSignIn === true) return ofAddress;
    return request.caller === null || isUnlimited(request.caller.principal) ? null : ofCaller;
  }
}

export type RateLimits = {
  readonly perCallerPerMinute: number;
  readonly signInsPerAddressPerMinute: number;
};

declare module "fastify" {
  interface FastifyContextConfig {
    /** The route tries a password or makes an account: limited per address. */
    isSignIn?: boolean;
  }
}

const MINUTE_MS = 60_000;

type Count = Awaited<ReturnType<ReturnType<FastifyInstance["createRateLimit"]>>>;

function refuse(reply: FastifyReply, count: Count): FastifyReply | undefined {
  if (count.isAllowed || !count.isExceeded) return undefined;
  return sendProblem(reply, "rate_limited", {
    detail: `More than ${count.max} requests in a minute.`,
    retry_after_seconds: Math.max(1, count.ttlInSeconds),
  });
}

function callerKey(request: FastifyRequest): string {
  const { principal } = request;
  if (principal.kind === "user") return `user:${principal.userId}`;
  return principal.kind === "api_key" ? `key:${principal.keyId}` : "operator";
}
