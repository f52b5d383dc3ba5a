import { findAccount } from "../../src/storage/accounts.ts";
import { openOrganizationDatabases } from "../../src/storage/organization-database.ts";
import type { Foundation } from "../../src/wiring/foundation.ts";
import { wireMoney } from "../../src/wiring/money.ts";
import type { Parts } from "../../src/wiring/parts.ts";
import { inboxRoutes } from "../mail/inbox-routes.ts";
import { devRoutes } from "./dev-routes.ts";
import { type DemoHost, fillDemo } from "./fill-demo.ts";
import { startTraffic } from "./traffic.ts";

/** Demo mode, as the service loads it. */
export { prepareDemo } from "./prepare-demo.ts";

/** Fills the demo and gives the service what it adds: its own routes, and live calls once HTTP listens. */
export async function openDemo(foundation: Foundation, parts: Parts) {
  const { demo, config, pool, log } = foundation;
  if (demo === null) throw new Error("the demo was not prepared");
  const { identity, money } = parts;
  const file = await fillDemo({
    pool,
    config,
    demo,
    identity: identity.identity,
    openAccount: money.openAccount,
    findKeyByHash: identity.authentication.credentials.findKeyByHash,
    signUp: async (person) => void (await identity.auth.api.signUpEmail({ body: person })),
    atTimes: (fill) => fillAtTimes(foundation, fill),
    hasHistory: async (organizationId) => {
      const account = await findAccount(openOrganizationDatabases(pool).of(organizationId));
      return account !== null && account.seq > 1n;
    },
  });
  return {
    routes: [devRoutes(file), ...(demo.inbox === null ? [] : [inboxRoutes(demo.inbox)])],
    startTraffic: () =>
      startTraffic({ baseUrl: `http://localhost:${config.port}`, apiKey: file.api_key, log }).stop,
  };
}

/** An engine beside the service's whose clock stands where the history is. It is gone before anybody is served. */
async function fillAtTimes(foundation: Foundation, fill: Parameters<DemoHost["atTimes"]>[0]): Promise<void> {
  const { pool, config, secretKey, connectionString } = foundation;
  let time = 0;
  const past = await wireMoney({ pool, connectionString, secretKey, config, clock: () => time });
  try {
    await fill(past.postCommand, (epochMs) => {
      time = epochMs;
    });
  } finally {
    await past.engine.stop();
  }
}
