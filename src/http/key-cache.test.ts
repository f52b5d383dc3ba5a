import { expect, test } from "vitest";
import { createKeyCache } from "./key-cache.ts";

const digest = Buffer.alloc(32, 1);
const credential = { keyId: "key_1", name: "Runtime", organizationId: "org_1", scopes: ["charge" as const] };

test("a busy key costs one query, and a revoked one is asked for again", async () => {
  let queries = 0;
  const cache = createKeyCache({
    findKeyByHash: async () => {
      queries += 1;
      return credential;
    },
  });
  await Promise.all(Array.from({ length: 50 }, () => cache.find(digest)));
  expect(queries).toBe(1);
  cache.forget(digest);
  expect(await cache.find(digest)).toEqual(credential);
  expect(queries).toBe(2);
});

test("what is older than its age is asked for again", async () => {
  let queries = 0;
  const cache = createKeyCache(
    {
      findKeyByHash: async () => {
        queries += 1;
        return null;
      },
    },
    0,
  );
  await cache.find(digest);
  await cache.find(digest);
  expect(queries).toBe(2);
});

test("a failed look-up is not remembered", async () => {
  const answers = [Promise.reject(new Error("database out of reach")), Promise.resolve(credential)];
  const cache = createKeyCache({ findKeyByHash: () => answers.shift() ?? Promise.resolve(null) });
  await expect(cache.find(digest)).rejects.toThrow("out of reach");
  expect(await cache.find(digest)).toEqual(credential);
});
