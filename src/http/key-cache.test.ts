import { expect, test } from "vitest";
import type { FoundKey } from "../application/identity-ports.ts";
import { createKeyCache } from "./key-cache.ts";

test("keys that are asked for together cost one query, and then none", async () => {
  const { cache, queries } = cacheOver(digests(50));
  await Promise.all([...digests(50), ...digests(50)].map((digest) => cache.find(digest)));
  expect(queries).toEqual([50]);
  expect(cache.find(digestOf(0))).toEqual(credentialOf(digestOf(0)));
  expect(queries).toEqual([50]);
});

test("keys in use are read again with one query before they are too old, and answered at once all the while", async () => {
  const { cache, clock, queries, settled } = cacheOver(digests(30));
  await Promise.all(digests(30).map((digest) => cache.find(digest)));
  for (let turn = 0; turn < 6; turn += 1) {
    clock.ms += 500;
    for (const digest of digests(30)) expect(cache.find(digest)).toEqual(credentialOf(digest));
    await settled();
  }
  expect(queries).toEqual([30, 30, 30, 30, 30, 30, 30]);
});

test("a key that is no longer used is no longer read", async () => {
  const { cache, clock, queries, settled } = cacheOver(digests(2));
  await Promise.all(digests(2).map((digest) => cache.find(digest)));
  clock.ms += 10_000;
  await cache.find(digestOf(0));
  await settled();
  expect(queries).toEqual([2, 1]);
});

test("a key revoked here is unknown at once, even to a question that was under way", async () => {
  const { cache, known } = cacheOver(digests(1));
  const before = cache.find(digestOf(0));
  await new Promise((resolve) => setImmediate(resolve)); // asked, not yet answered
  known.clear();
  cache.forget(digestOf(0));
  expect(await cache.find(digestOf(0))).toBeNull();
  expect(await before).toEqual(credentialOf(digestOf(0)));
  expect(await cache.find(digestOf(0))).toBeNull();
});

test("a key revoked elsewhere is unknown as soon as the keys in use are read again", async () => {
  const { cache, clock, known, settled } = cacheOver(digests(1));
  await cache.find(digestOf(0));
  known.clear();
  clock.ms += 500;
  cache.find(digestOf(0));
  await settled();
  expect(cache.find(digestOf(0))).toBeNull();
});

test("without the database a key is known for as long as it may be old, then nobody is", async () => {
  const { cache, clock, outage, settled } = cacheOver(digests(1));
  await cache.find(digestOf(0));
  outage.reason = "out of reach";
  clock.ms += 999;
  expect(cache.find(digestOf(0))).toEqual(credentialOf(digestOf(0)));
  await settled();
  clock.ms += 1;
  await expect(cache.find(digestOf(0))).rejects.toThrow("out of reach");
  outage.reason = null;
  expect(await cache.find(digestOf(0))).toEqual(credentialOf(digestOf(0)));
});

test("a question that hangs is not waited for by those who come a second later", async () => {
  const { cache, clock, outage } = cacheOver(digests(1));
  outage.hangs = true;
  const hanging = cache.find(digestOf(0));
  await new Promise((resolve) => setImmediate(resolve));
  outage.hangs = false;
  clock.ms += 1_000;
  expect(await cache.find(digestOf(0))).toEqual(credentialOf(digestOf(0)));
  expect(hanging).toBeInstanceOf(Promise);
});

test("guessed keys cost one query a second each, and push out no key in use", async () => {
  const { cache, clock, queries, settled } = cacheOver(digests(1));
  await cache.find(digestOf(0));
  expect(await cache.find(digestOf(7))).toBeNull();
  expect(cache.find(digestOf(7))).toBeNull();
  await Promise.all(Array.from({ length: 25_000 }, (_, number) => cache.find(digestOf(100 + number))));
  expect(cache.find(digestOf(0))).toEqual(credentialOf(digestOf(0)));
  const before = queries.length;
  clock.ms += 1_000;
  await Promise.all([cache.find(digestOf(7)), settled()]);
  expect(queries.slice(before)).toEqual([2]); // it, and the key in use; none of the 25,000
});

function cacheOver(live: readonly Buffer[]) {
  const known = new Set(live.map((digest) => digest.toString("hex")));
  const queries: number[] = [];
  const clock = { ms: 0 };
  const outage: { reason: string | null; hangs: boolean } = { reason: null, hangs: false };
  const findKeysByHash = async (hashes: readonly Buffer[]): Promise<FoundKey[]> => {
    queries.push(hashes.length);
    // What the database says is decided when it is asked.
    const found = hashes.filter((hash) => known.has(hash.toString("hex")));
    const { reason } = outage;
    if (outage.hangs) await new Promise(() => {});
    await new Promise((resolve) => setImmediate(resolve));
    if (reason !== null) throw new Error(reason);
    return found.map((hash) => ({ hash, credential: credentialOf(hash) }));
  };
  const cache = createKeyCache({ findKeysByHash }, { nowMs: () => clock.ms });
  /** When every question that was asked is answered. */
  const settled = async () => {
    for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  return { cache, known, queries, clock, outage, settled };
}

function credentialOf(digest: Buffer) {
  return {
    keyId: `key_${digest.readUInt32LE()}`,
    name: "Runtime",
    organizationId: "org_1",
    scopes: ["charge" as const],
  };
}

function digestOf(number: number): Buffer {
  const digest = Buffer.alloc(32);
  digest.writeUInt32LE(number);
  return digest;
}

function digests(count: number): Buffer[] {
  return Array.from({ length: count }, (_, number) => digestOf(number));
}
