import type { CredentialReader } from "../application/identity-ports.ts";
import type { KeyCredential } from "../domain/policy/organization.ts";

/** Remembers for a moment which key a digest belongs to, or that it belongs to none, so that a busy runtime does not
 *  cost a query per request. A revocation in this process is seen at once (`forget`), one elsewhere within ageMaxMs. */
export function createKeyCache(
  credentials: Pick<CredentialReader, "findKeyByHash">,
  ageMaxMs = 1_000,
): KeyCache {
  const entries = new Map<string, Entry>();
  return {
    find(digest) {
      const name = digest.toString("base64");
      const known = entries.get(name);
      const now = performance.now();
      if (known !== undefined && now - known.readAtMs < ageMaxMs) return known.credential;
      if (entries.size >= ENTRIES_MAX) entries.clear();
      const entry = { readAtMs: now, credential: credentials.findKeyByHash(digest) };
      entries.set(name, entry);
      // A failed look-up is not knowledge: the next request asks again.
      entry.credential.catch(() => {
        if (entries.get(name) === entry) entries.delete(name);
      });
      return entry.credential;
    },
    forget(digest) {
      entries.delete(digest.toString("base64"));
    },
  };
}

export type KeyCache = {
  /** @param digest SHA-256 of the key. */
  find(digest: Buffer): Promise<KeyCredential | null>;
  forget(digest: Buffer): void;
};

type Entry = { readonly readAtMs: number; readonly credential: Promise<KeyCredential | null> };

// Guessed keys must not fill the memory; real keys come back within one query.
const ENTRIES_MAX = 10_000;
