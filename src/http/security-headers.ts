import type { FastifyReply } from "fastify";
import helmet from "helmet";
import type { ZodServer } from "./zod-server.ts";

/** Gives replies `guardPage`, which tells browsers what a page of this service may load and who may frame it. Answers
 *  of the API, which are no pages, get the two headers that matter for them: the rest, or so much as a hook of the
 *  library's own plugin, would only cost time on the charging path.
 *  @param sandboxOrigin where the demo's checkout lives; null outside demo mode. */
export function installSecurityHeaders(
  server: ZodServer,
  { baseUrl, sandboxOrigin }: { readonly baseUrl: string; readonly sandboxOrigin: string | null },
): void {
  const isSecure = baseUrl.startsWith("https:");
  const checkout = sandboxOrigin === null ? CHECKOUT_ORIGINS : [...CHECKOUT_ORIGINS, sandboxOrigin];
  const directives = {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'", ...checkout],
    frameSrc: checkout,
    connectSrc: ["'self'", socketOrigin(baseUrl), ...checkout],
    // Positions of charts and pop-ups are style attributes.
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", "data:", ...checkout],
    // Recordings live wherever the runtime keeps them.
    mediaSrc: ["'self'", "https:"],
    fontSrc: ["'self'"],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
    ...(isSecure ? { upgradeInsecureRequests: [] } : {}),
  };
  const setHeaders = helmet({
    contentSecurityPolicy: { useDefaults: false, directives },
    strictTransportSecurity: isSecure ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    // The checkout opens in a tab of its own and comes back.
    crossOriginOpenerPolicy: { policy: "same-origin-allow-popups" },
    crossOriginEmbedderPolicy: false,
    referrerPolicy: { policy: "strict-origin-when-cross-origin" },
  });
  server.decorateReply("guardPage", function (this: FastifyReply) {
    // None of these headers has to be waited for.
    setHeaders(this.request.raw, this.raw, (error) => {
      if (error !== undefined) throw error;
    });
  });
  server.addHook("onRequest", (request, reply, done) => {
    reply.header("x-content-type-options", "nosniff");
    if (request.url.startsWith("/api/")) reply.header("cache-control", "no-store");
    done();
  });
}

declare module "fastify" {
  interface FastifyReply {
    /** Sets the headers of a page that is about to be sent. */
    guardPage(): void;
  }
}

const CHECKOUT_ORIGINS = ["https://app.lemonsqueezy.com", "https://*.lemonsqueezy.com"];

/** Older browsers do not count the page's own WebSocket as 'self'. */
function socketOrigin(baseUrl: string): string {
  return new URL(baseUrl).origin.replace(/^http/, "ws");
}
