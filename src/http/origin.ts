import type { FastifyRequest } from "fastify";

/** True when a browser says that a page of another origin sends this change. Reads need no check (the browser keeps
 *  their answers from the other page), except the upgrade to a WebSocket, which no browser guards.
 *  A request without an Origin header does not come from another page: browsers always send one with a change. */
export function isForeignOrigin(request: FastifyRequest, baseUrl: string): boolean {
  const isUpgrade = request.headers.upgrade !== undefined;
  if (SAFE_METHODS.has(request.method) && !isUpgrade) return false;
  const { origin } = request.headers;
  if (origin === undefined) return request.headers["sec-fetch-site"] === "cross-site";
  if (!URL.canParse(origin)) return true;
  // Behind a proxy the page's address is the configured one, in development whatever the browser typed.
  return origin !== new URL(baseUrl).origin && new URL(origin).host !== request.headers.host;
}

const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);
