import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import { isTransient } from "../../src/storage/database.ts";
import { createRandom } from "../concurrency/random.ts";
import { type OwnServer, startOwnServer } from "../setup/own-server.ts";
import { type ServiceProcess, startServiceProcess } from "../setup/service-process.ts";
import { type Account, openAccounts } from "./accounts.ts";
import { expectBooks, expectJournalKept, type HttpEntry } from "./http-journal.ts";
import { runRuntime, type Target } from "./runtime.ts";

const RUNTIMES = 24;
/** A service lives from its first request to some hundred later. */
const LIFE_MS_MAX = 1_000;
/** Every so many kills of a service, PostgreSQL is killed with it. */
const KILLS_PER_SERVER_KILL = 10;

export type KillFigures = {
  readonly seed: number;
  readonly serviceKills: number;
  readonly serverKills: number;
  readonly acknowledged: number;
  readonly refused: number;
  readonly unknown: number;
  readonly transactions: number;
};

/** Kills services at random moments while runtimes charge through two of them on one database, and PostgreSQL now and
 *  then. After each kill the runtimes' journal must agree with the database and the ledger must prove itself; at the end
 *  every unknown request must have one answer. @param seed repeats moments and requests. */
export async function killAtRandomPoints(settings: { seed: number; kills: number }): Promise<KillFigures> {
  const server = await startOwnServer();
  const services: ServiceProcess[] = [];
  try {
    const { connectionString } = server;
    // Two on one database: while one is down, the other goes on with the same organizations.
    services.push(await startServiceProcess({ connectionString }));
    services.push(await startServiceProcess({ connectionString }));
    return await killUnderLoad({ ...settings, server, services });
  } finally {
    for (const service of services) await service.kill();
    await server.stop();
  }
}

async function killUnderLoad({ seed, kills, server, services }: KillSettings): Promise<KillFigures> {
  const accounts = await openAccounts(services);
  const targets = services.map((service, index) => createTarget(service, accounts[index] ?? []));
  const journal: HttpEntry[] = [];
  const done = { serviceKills: 0, serverKills: 0, isOver: false };
  const random = (part: number) => createRandom(seed * 1_000 + part);
  const kill = async (target: KillTarget, lifeMs: number) => {
    done.serviceKills += 1;
    const isServerToo = done.serviceKills % KILLS_PER_SERVER_KILL === 0;
    if (isServerToo) done.serverKills += 1;
    await target.killAfter(lifeMs, isServerToo ? () => server.end("SIGKILL") : null);
    await undisturbed(async () => {
      await expectJournalKept(server.pool, journal);
      expect(await server.verify()).toMatchObject({ kind: "verified", problems: [] });
    });
  };
  const killers = targets.map(async (target, index) => {
    const lives = random(500 + index);
    while (done.serviceKills < kills) await kill(target, lives.below(LIFE_MS_MAX));
  });
  const killed = Promise.all(killers).finally(() => {
    done.isOver = true;
  });
  const runtimes = Array.from({ length: RUNTIMES }, (_, part) =>
    runRuntime({ name: `r${part}`, random: random(part), targets, journal, isOver: () => done.isOver }),
  );
  await Promise.all([killed, ...runtimes]);
  const transactions = await expectBooks(server, accounts.flat(), journal);
  const { serviceKills, serverKills } = done;
  return { seed, serviceKills, serverKills, ...countFates(journal), transactions };
}

/** Checks again when PostgreSQL was killed in the middle of it. */
async function undisturbed(check: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (!isTransient(error)) throw error;
    }
  }
}

type KillSettings = {
  readonly seed: number;
  readonly kills: number;
  readonly server: OwnServer;
  readonly services: readonly ServiceProcess[];
};

type KillTarget = Target & {
  /** Lets the service live so long under load, kills it and starts it anew. @param alongside dies at the same time. */
  killAfter(lifeMs: number, alongside: (() => Promise<void>) | null): Promise<void>;
};

function createTarget(service: ServiceProcess, accounts: readonly Account[]): KillTarget {
  let ready: Promise<void> = Promise.resolve();
  return {
    accounts,
    untilReady: () => ready,
    async killAfter(lifeMs, alongside) {
      await delay(lifeMs);
      ready = Promise.all([service.kill(), alongside?.()]).then(() => service.restart());
      await ready;
    },
  };
}

function countFates(journal: readonly HttpEntry[]) {
  const count = (fate: HttpEntry["fate"]) => journal.filter((entry) => entry.fate === fate).length;
  return { acknowledged: count("acknowledged"), refused: count("refused"), unknown: count("unknown") };
}
