import fastify, { type FastifyBaseLogger, LogController } from "fastify";
import type { Registry } from "prom-client";
import { type AuditDependencies, auditRequests } from "./audit/audit-requests.ts";
import { type AuthenticationDependencies, installAuthentication } from "./authenticate.ts";
import { installAuthorization } from "./authorize.ts";
import { answerFrameworkError, installFailures, NestedTooDeep } from "./failures.ts";
import { type HealthDependencies, registerHealthRoutes } from "./health.ts";
import { compileValidator } from "./invalid-input.ts";
import { isNestedDeeper } from "./json-depth.ts";
import { installObservation } from "./observe.ts";
import { installOpenApi } from "./openapi.ts";
import { installPage, type PageSettings } from "./page.ts";
import { installRateLimits, type RateLimits } from "./rate-limits.ts";
import { newRequestId } from "./request-id.ts";
import { installSecurityHeaders } from "./security-headers.ts";
import { createSerializer } from "./serializer.ts";
import { installTracing } from "./trace-requests.ts";
import { refuseUnreadable } from "./unreadable-requests.ts";
import type { ZodServer } from "./zod-server.ts";

/** The HTTP server with every convention of the contract and the given routes, ready to listen. Hooks are installed
 *  in the order in which refusals have to win: 401, 429, 400/413/415, 404, 403, 422. */
export async function createServer(dependencies: ServerDependencies): Promise<ZodServer> {
  const { settings } = dependencies;
  const server: ZodServer = fastify({
    loggerInstance: dependencies.logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "request_id" }),
    trustProxy: settings.trustedProxies.length > 0 ? [...settings.trustedProxies] : false,
    bodyLimit: BODY_BYTES_MAX,
    return503OnClosing: false,
    genReqId: newRequestId,
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: refuseUnreadable,
    // Ids may have 255 characters, each percent-encoded to at most 12 bytes.
    routerOptions: { maxParamLength: 255 * 12 },
  });
  server.setValidatorCompiler(compileValidator);
  server.setSerializerCompiler(createSerializer({ checkAnswers: settings.checkAnswers }));
  acceptEmptyJson(server);
  if (dependencies.isTraced) installTracing(server);
  installObservation(server, dependencies.registry);
  installSecurityHeaders(server, settings);
  installFailures(server, dependencies.isTransient);
  installAuthentication(server, { ...dependencies.authentication, baseUrl: settings.baseUrl });
  await installRateLimits(server, settings.rateLimits);
  installAuthorization(server, dependencies.authentication.credentials);
  server.decorateRequest("trail", null);
  if (dependencies.audit !== undefined)
    auditRequests(server, { ...dependencies.audit, ...dependencies.authentication });
  await installOpenApi(server, settings.version);
  registerHealthRoutes(server, dependencies);
  for (const register of dependencies.routes)
    await server.register(async (scope: ZodServer) => register(scope));
  await installPage(server, settings.page);
  await server.ready();
  return server;
}

export type ServerDependencies = HealthDependencies & {
  readonly settings: ServerSettings;
  readonly logger: FastifyBaseLogger;
  readonly registry: Registry;
  /** Makes spans of requests; for a process that sends traces. */
  readonly isTraced?: boolean;
  /** True for an error that says the database cannot be reached or asks for another try. */
  readonly isTransient: (error: unknown) => boolean;
  readonly authentication: Omit<AuthenticationDependencies, "baseUrl">;
  /** What hears of who did what; a server without one tells nobody. */
  readonly audit?: Omit<AuditDependencies, "sessions">;
  /** Each adds the routes of one subject, with what it needs already bound. */
  readonly routes: readonly RegisterRoutes[];
};

export type RegisterRoutes = (server: ZodServer) => void | Promise<void>;

export type ServerSettings = {
  readonly version: string;
  /** Where people reach the service, without a trailing slash. */
  readonly baseUrl: string;
  /** Addresses or networks whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  readonly rateLimits: RateLimits;
  readonly page: PageSettings;
  /** Where the demo's stand-in for the payment provider lives; null outside demo mode. */
  readonly sandboxOrigin: string | null;
  /** Checks every answer against its documented schema; for tests. */
  readonly checkAnswers: boolean;
};

const BODY_BYTES_MAX = 1_048_576;
/** What a transcript or a provider's analysis nests is a tenth of it. */
const JSON_DEPTH_MAX = 64;

/** A body that is empty is no body, whatever its content type says: calls without fields (cancel, sign-out) are
 *  commonly sent so. Anything else that is not JSON is refused by the server's own parser. */
function acceptEmptyJson(server: ZodServer): void {
  const parse = server.getDefaultJsonParser("error", "error");
  server.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body.length === 0) return done(null, undefined);
    const text = body.toString();
    if (isNestedDeeper(text, JSON_DEPTH_MAX)) return done(new NestedTooDeep());
    return parse(request, text, done);
  });
  // Plain text is no message of ours: without this the library would read it.
  server.removeContentTypeParser("text/plain");
}
