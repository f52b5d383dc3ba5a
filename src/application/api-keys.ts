import { createHash, randomInt } from "node:crypto";
import type { Scope } from "../domain/policy/authorization.ts";
import type { ApiKey } from "../domain/policy/organization.ts";
import type { IdentityStore } from "./identity-ports.ts";

/** Makes an API key. The key itself is in the answer and nowhere else: only its hash is stored.
 *  @param mode live keys begin with "air_live_", those of a demo or test with "air_test_". */
export async function createApiKey(
  store: Pick<IdentityStore, "insertApiKey">,
  draft: KeyRequest,
): Promise<{ readonly apiKey: ApiKey; readonly key: string }> {
  const key = `air_${draft.mode}_${randomSecret()}`;
  const apiKey = await store.insertApiKey({
    id: draft.newId("key"),
    organizationId: draft.organizationId,
    name: draft.name,
    scopes: [...new Set(draft.scopes)],
    prefix: key.slice(0, PREFIX_LENGTH),
    hash: hashOfKey(key),
    createdBy: draft.createdBy,
  });
  return { apiKey, key };
}

/** What is stored of a key, and what it is found by. */
export function hashOfKey(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}

export type KeyMode = "live" | "test";

type KeyRequest = {
  readonly organizationId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly createdBy: string;
  readonly mode: KeyMode;
  readonly newId: (prefix: string) => string;
};

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
// 62^32 possibilities, 190 bits: nobody searches them, so a fast hash is enough.
const SECRET_LENGTH = 32;
const PREFIX_LENGTH = "air_live_".length + 4;

function randomSecret(): string {
  return Array.from({ length: SECRET_LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join("");
}
