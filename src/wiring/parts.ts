import { readFileSync } from "node:fs";
import { createServer, type RegisterRoutes } from "../http/server.ts";
import type { ZodServer } from "../http/zod-server.ts";
import { builtPageDirectory, packageFile } from "../installed-files.ts";
import { isTransient } from "../storage/database.ts";
import { createAnswerStore } from "../storage/identity/answers.ts";
import { openNewsSignal } from "../storage/news-signal.ts";
import { EngineOverloaded, EngineUnavailable } from "../storage/posting/engine-faults.ts";
import { watchBoth } from "../storage/posting/engine-watch.ts";
import { billingRoutes, wireStream } from "./api.ts";
import { wireAudit } from "./audit.ts";
import { signerOf } from "./checkpoints.ts";
import { measureEngine, measureEngineQueue } from "./engine-metrics.ts";
import type { Foundation } from "./foundation.ts";
import { wireIdentity } from "./identity.ts";
import { wireMail } from "./mail.ts";
import { wireMoney } from "./money.ts";
import { createNewsBell, type OutboxReaderPart } from "./news.ts";
import { wirePayments } from "./payments.ts";
import { createEngineTraces } from "./trace-engine.ts";
import { wireWebhooks } from "./webhooks.ts";

/** The service's parts on their foundation, wired to each other. */
export async function wireParts(foundation: Foundation) {
  const { pool, readingPool, config, secretKey, demo, log, registry, connectionString, closers } = foundation;
  const onFault = (error: unknown) => log.warn({ err: error }, "news could not be read; trying again");
  const bell = createNewsBell();
  const signal = openNewsSignal({ connectionString, onNews: bell.wake, onMissed: bell.wakeAll, onFault });
  closers.push(() => signal.stop());
  // Who listens on this process first; the others hear of it from the database.
  const onNews = (organizationIds: readonly string[]) => {
    bell.wake(organizationIds);
    signal.announce(organizationIds);
  };
  const money = await wireMoney({ ...foundation, onNews, ...engineWatches(foundation) });
  measureEngineQueue(money.engine.queued, registry);
  closers.push(() => money.engine.stop());
  const operatorKey = demo?.operatorKey ?? config.operatorKey;
  const { packages } = paymentSettings(foundation);
  const mail = wireMail(foundation, { packages, vault: money.vault });
  const { sealInvitation } = mail;
  const identity = wireIdentity({ ...foundation, secretKey, operatorKey, money, sealInvitation });
  const audit = wireAudit(foundation, money.vault);
  const { hub, routes: streamRoutes } = wireStream({ pool, readingPool, money, identity, registry, onFault });
  bell.join(hub);
  const answers = createAnswerStore(foundation.waitingPool, secretKey);
  const payments = wirePayments({
    ...paymentSettings(foundation),
    money,
    answers,
    onFault: (error: unknown) => log.warn({ err: error }, "payment events could not be counted"),
    ...identity.authentication.credentials,
  });
  await payments.notePackages();
  const webhooks = wireWebhooks(foundation, { vault: money.vault, answers, sealToOwner: mail.sealToOwner });
  const routes: RegisterRoutes[] = [
    identity.routes,
    audit.routes,
    ...billingRoutes({ pool, readingPool, money, answers, signer: signerOf(config) }),
    ...payments.routes,
    streamRoutes,
    mail.routes,
    ...webhooks.routes,
  ];
  const outboxReaders: readonly OutboxReaderPart[] = [...mail.readers, webhooks.reader];
  const { sendMails } = mail;
  const { reconcileOrders } = payments;
  return { money, identity, audit, routes, bell, outboxReaders, sendMails, webhooks, reconcileOrders };
}

export type Parts = Awaited<ReturnType<typeof wireParts>>;

function paymentSettings({ pool, config, demo, registry }: Foundation) {
  return {
    pool,
    registry,
    baseUrl: config.baseUrl,
    lemonSqueezy: demo?.lemonSqueezy ?? config.lemonSqueezy,
    packages: demo?.packages ?? config.packages ?? [],
    overlayScriptUrl: `${demo?.sandbox.url ?? "https://app.lemonsqueezy.com"}/js/lemon.js`,
  };
}

/** Who watches the engine: metrics always, traces where they are asked for. */
function engineWatches({ config, registry }: Foundation) {
  const measured = measureEngine(registry);
  if (config.traces === null) return { watch: measured };
  const traces = createEngineTraces();
  return { watch: watchBoth(measured, traces.watch), traceSubmissions: traces.traceSubmissions };
}

/** The HTTP server of the parts, not yet listening. */
export function createHttpServer(
  { config, log, registry, demo }: Foundation,
  { identity, audit, routes }: Pick<Parts, "identity" | "audit" | "routes">,
): Promise<ZodServer> {
  return createServer({
    settings: {
      version: JSON.parse(readFileSync(packageFile(), "utf8")).version,
      baseUrl: config.baseUrl,
      trustedProxies: config.trustedProxies,
      rateLimits: {
        perCallerPerMinute: config.rateLimitPerMinute,
        signInsPerAddressPerMinute: config.signInRateLimitPerMinute,
      },
      page: { folder: builtPageDirectory() },
      sandboxOrigin: demo?.sandbox.url ?? null,
      checkAnswers: false,
    },
    logger: log,
    registry,
    isTraced: config.traces !== null,
    probe: identity.probe,
    isTransient: mayPassSoon,
    authentication: identity.authentication,
    audit,
    routes,
  });
}

/** The same request may succeed if it is sent again shortly. */
function mayPassSoon(error: unknown): boolean {
  return error instanceof EngineOverloaded || error instanceof EngineUnavailable || isTransient(error);
}
