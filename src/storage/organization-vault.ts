import { invariant } from "../domain/assert.ts";
import { decrypt, encrypt } from "./encryption.ts";
import type { OrganizationDatabases } from "./organization-database.ts";
import { type DataKeys, loadDataKeys, wrappingKeyOf } from "./organization-keys.ts";

/** Seals personal and content data with a key per organization. Destroying the key erases what it sealed and leaves the
 *  ledger verifiable, since the chain covers ciphertext. Source: docs/encryption.md. */
export type OrganizationVault = {
  /** Ciphertext for one place. @param place what the text belongs to, for example "transaction.ip": a ciphertext moved
   *  to another place or organization does not open. */
  seal(organizationId: string, place: string, text: string): Promise<string>;
  /** Seals for an organization at once, for where nothing may be waited for. */
  sealer(organizationId: string): Promise<(place: string, text: string) => string>;
  /** The text, or null when its key was destroyed. Throws when the ciphertext was changed or moved. */
  open(organizationId: string, place: string, sealed: string): Promise<string | null>;
  /** The same at once, for an organization whose key was used a moment ago; null when it is not at hand. */
  openAtHand(organizationId: string, place: string, sealed: string): string | null;
  /** Whether its key was destroyed: nothing can be sealed for it any more. */
  isErased(organizationId: string): Promise<boolean>;
};

type CachedKeys = {
  readonly keys: Promise<DataKeys>;
  loaded: DataKeys;
  readonly until: number;
  /** The text sealed last: a runtime's calls come from one address, and in this minute carry one ciphertext of it. */
  latest: { readonly place: string; readonly text: string; readonly sealed: string } | null;
};

/** A destroyed key is gone everywhere this soon. */
const CACHE_MS = 60_000;
/** Addresses are remembered, transcripts are not. */
const REMEMBERED_MAX = 64;

/** @param secret the service's root key. */
export function createOrganizationVault(databases: OrganizationDatabases, secret: string): OrganizationVault {
  const wrappingKey = wrappingKeyOf(secret);
  const cache = new Map<string, CachedKeys>();

  function cachedKeys(organizationId: string): CachedKeys {
    const cached = cache.get(organizationId);
    if (cached !== undefined && cached.until > performance.now()) return cached;
    const keys = loadDataKeys(databases.of(organizationId), wrappingKey);
    const entry: CachedKeys = { keys, loaded: null, until: performance.now() + CACHE_MS, latest: null };
    cache.set(organizationId, entry);
    keys.then(
      (loaded) => {
        entry.loaded = loaded;
      },
      () => cache.delete(organizationId),
    );
    return entry;
  }

  async function sealer(organizationId: string): Promise<(place: string, text: string) => string> {
    const keys = await cachedKeys(organizationId).keys;
    if (keys === null) throw new Error(`the key of ${organizationId} was destroyed`);
    return (place, text) => sealWith(keys, `${organizationId}/${place}`, text);
  }

  return {
    sealer,
    async seal(organizationId, place, text) {
      const cached = cachedKeys(organizationId);
      const { latest } = cached;
      if (latest?.text === text && latest.place === place) return latest.sealed;
      const sealed = (await sealer(organizationId))(place, text);
      if (text.length <= REMEMBERED_MAX) cached.latest = { place, text, sealed };
      return sealed;
    },
    async open(organizationId, place, sealed) {
      let keys = await cachedKeys(organizationId).keys;
      if (keys !== null && versionOf(sealed) > keys.length) {
        // Another process has a newer key already.
        cache.delete(organizationId);
        keys = await cachedKeys(organizationId).keys;
      }
      return keys === null ? null : openWith(keys, `${organizationId}/${place}`, sealed);
    },
    isErased: async (organizationId) => (await cachedKeys(organizationId).keys) === null,
    openAtHand(organizationId, place, sealed) {
      const { latest = null, loaded: keys = null } = cache.get(organizationId) ?? {};
      if (latest?.sealed === sealed && latest.place === place) return latest.text;
      if (keys === null || versionOf(sealed) > keys.length) return null;
      return openWith(keys, `${organizationId}/${place}`, sealed);
    },
  };
}

/** From the second key on a ciphertext begins with the number of its key: "2." and base64, which has no dot. */
function sealWith(keys: readonly Buffer[], place: string, text: string): string {
  const key = keys.at(-1);
  invariant(key !== undefined, "an organization that is not erased has a key");
  const sealed = encrypt(key, place, Buffer.from(text));
  return keys.length === 1 ? sealed : `${keys.length}.${sealed}`;
}

function openWith(keys: readonly Buffer[], place: string, sealed: string): string {
  const key = keys[versionOf(sealed) - 1];
  if (key === undefined) throw new Error(`the key of ${place} is not there`);
  return decrypt(key, place, sealed.slice(sealed.indexOf(".") + 1)).toString();
}

function versionOf(sealed: string): number {
  const dot = sealed.indexOf(".");
  return dot === -1 ? 1 : Number(sealed.slice(0, dot));
}
