import { randomInt } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { startOwnServer } from "../setup/own-server.ts";
import { startServiceProcess } from "../setup/service-process.ts";
import { startSteadyLoad } from "./steady-load.ts";

// SOAK_MINUTES lengthens a run. SOAK_SEED repeats its requests.
const seed = Number(process.env.SOAK_SEED ?? randomInt(1_000_000));
const minutes = Number(process.env.SOAK_MINUTES ?? 3);

const SAMPLE_MS = 500;
const MIB = 2 ** 20;
/** Old garbage waits for its collection, so that even the least of many samples is not the same twice. */
const SLACK_MIB = 16;

type Sample = { readonly residentMib: number; readonly heapMib: number };

test(
  `${minutes} minutes of load leave the service no larger (SOAK_SEED=${seed})`,
  async () => {
    const server = await startOwnServer();
    const service = await startServiceProcess({ connectionString: server.connectionString });
    const load = await startSteadyLoad(service.url, seed);
    const samples: Sample[] = [];
    let answered = 0;
    for (
      const until = performance.now() + minutes * 60_000;
      performance.now() < until;
      await delay(SAMPLE_MS)
    ) {
      samples.push(await takeSample(service.url));
      answered += load.answered();
    }
    await load.stop();
    const books = await server.verify();
    await service.stop();
    await server.stop();

    // The first third warms up: code is compiled, caches and the young generation fill.
    const third = Math.floor(samples.length / 3);
    const [start, middle, end] = [0, 1, 2].map((part) =>
      summarize(samples.slice(part * third, (part + 1) * third)),
    );
    console.log(JSON.stringify({ minutes, answered, start, middle, end }));
    expect(books).toMatchObject({ kind: "verified", problems: [] });
    expect(end?.leastHeapMib).toBeLessThan((middle?.leastHeapMib ?? 0) * 1.1 + SLACK_MIB);
    expect(end?.medianResidentMib).toBeLessThan((middle?.medianResidentMib ?? 0) * 1.1 + SLACK_MIB);
  },
  (minutes + 15) * 60_000,
);

async function takeSample(url: string): Promise<Sample> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const mib = (name: string) => Number(new RegExp(`^${name} (\\S+)`, "m").exec(metrics)?.[1]) / MIB;
  return {
    residentMib: mib("process_resident_memory_bytes"),
    heapMib: mib("nodejs_heap_size_used_bytes"),
  };
}

/** The least of the heap is what is left right after a collection; the resident memory is what the machine lends. */
function summarize(samples: readonly Sample[]) {
  const sorted = (of: keyof Sample) => samples.map((sample) => sample[of]).sort((one, other) => one - other);
  const resident = sorted("residentMib");
  return {
    leastHeapMib: Math.round(sorted("heapMib")[0] ?? Number.NaN),
    medianResidentMib: Math.round(resident[Math.floor(resident.length / 2)] ?? Number.NaN),
    mostResidentMib: Math.round(resident.at(-1) ?? Number.NaN),
  };
}
