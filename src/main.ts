import type { Logger } from "pino";
import type { Config } from "./config.ts";
import { type Closers, type Foundation, layFoundation } from "./wiring/foundation.ts";
import { startJobs } from "./wiring/jobs.ts";
import { createHttpServer, type Parts, wireParts } from "./wiring/parts.ts";

/** A running service. `stop` finishes what is in flight, then closes everything it opened, PostgreSQL last. */
export type Service = { readonly url: string; stop(): Promise<void> };

/** Starts the service: PostgreSQL where none is given, migrations, the parts, the demo where it is on, HTTP, jobs. When
 *  a step fails, what was opened before it is closed again. */
export async function startService(config: Config, log: Logger): Promise<Service> {
  const closers: Closers = [];
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= closeAll(closers);
    return stopped;
  };
  try {
    // Loaded only here and only in demo mode: production never contains it.
    const demo = config.demo ? await import("../sandbox/demo/demo.ts") : null;
    const foundation = await layFoundation(config, log, closers, demo?.prepareDemo ?? null);
    const parts = await wireParts(foundation);
    const filled = demo === null ? null : await demo.openDemo(foundation, parts);
    await listen(foundation, parts, filled);
    startJobs(foundation, parts);
    if (filled !== null && config.demoTraffic) closers.push(filled.startTraffic());
    return { url: config.baseUrl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Last opened, first closed: nothing loses what it stands on. */
async function closeAll(closers: Closers): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

async function listen(
  foundation: Foundation,
  parts: Parts,
  demo: Pick<Parts, "routes"> | null,
): Promise<void> {
  const { config, closers } = foundation;
  const routes = [...parts.routes, ...(demo?.routes ?? [])];
  const server = await createHttpServer(foundation, { ...parts, routes });
  closers.push(() => server.close());
  await server.listen({ port: config.port, host: config.host });
}
