import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { OrganizationDatabase, OrganizationDatabases } from "./organization-database.ts";

/** Seals personal and content data with a key per organization, itself wrapped by the master key. Destroying an
 *  organization's key erases what it sealed and leaves the ledger verifiable, since the chain covers ciphertext. */
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

type CachedKey = {
  readonly key: Promise<Buffer | null>;
  loaded: Buffer | null;
  readonly until: number;
  /** The text sealed last: a runtime's calls come from one address, and in this minute carry one ciphertext of it. */
  latest: { readonly place: string; readonly text: string; readonly sealed: string } | null;
};

const ALGORITHM = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** A destroyed key is gone everywhere this soon. */
const CACHE_MS = 60_000;
/** Addresses are remembered, transcripts are not. */
const REMEMBERED_MAX = 64;

/** @param secret the master secret (AIRTIME_SECRET_KEY). */
export function createOrganizationVault(databases: OrganizationDatabases, secret: string): OrganizationVault {
  const masterKey = Buffer.from(hkdfSync("sha256", secret, "", "airtime organization keys", 32));
  const cache = new Map<string, CachedKey>();

  function cachedKey(organizationId: string): CachedKey {
    const cached = cache.get(organizationId);
    if (cached !== undefined && cached.until > performance.now()) return cached;
    const key = loadKey(databases.of(organizationId), masterKey);
    const entry: CachedKey = { key, loaded: null, until: performance.now() + CACHE_MS, latest: null };
    cache.set(organizationId, entry);
    key.then(
      (loaded) => {
        entry.loaded = loaded;
      },
      () => cache.delete(organizationId),
    );
    return entry;
  }

  const keyOf = (organizationId: string) => cachedKey(organizationId).key;

  async function usableKey(organizationId: string): Promise<Buffer> {
    const key = await keyOf(organizationId);
    if (key === null) throw new Error(`the key of ${organizationId} was destroyed`);
    return key;
  }

  return {
    async seal(organizationId, place, text) {
      const cached = cachedKey(organizationId);
      const { latest } = cached;
      if (latest?.text === text && latest.place === place) return latest.sealed;
      const key = await usableKey(organizationId);
      const sealed = encrypt(key, `${organizationId}/${place}`, Buffer.from(text));
      if (text.length <= REMEMBERED_MAX) cached.latest = { place, text, sealed };
      return sealed;
    },
    async sealer(organizationId) {
      const key = await usableKey(organizationId);
      return (place, text) => encrypt(key, `${organizationId}/${place}`, Buffer.from(text));
    },
    async open(organizationId, place, sealed) {
      const key = await keyOf(organizationId);
      return key === null ? null : decrypt(key, `${organizationId}/${place}`, sealed).toString();
    },
    isErased: async (organizationId) => (await keyOf(organizationId)) === null,
    openAtHand(organizationId, place, sealed) {
      const { latest = null, loaded: key = null } = cache.get(organizationId) ?? {};
      if (latest?.sealed === sealed && latest.place === place) return latest.text;
      return key === null ? null : decrypt(key, `${organizationId}/${place}`, sealed).toString();
    },
  };
}

/** The organization's data key; made on first use, by whichever process comes first. */
async function loadKey(database: OrganizationDatabase, masterKey: Buffer): Promise<Buffer | null> {
  const { organizationId } = database;
  const place = `key/${organizationId}`;
  const find = () =>
    database.query("select wrapped from organization_key where org_id = $1", [organizationId]);
  let { rows } = await find();
  if (rows.length === 0) {
    const wrapped = encrypt(masterKey, place, randomBytes(32));
    await database.query(
      "insert into organization_key (org_id, wrapped) values ($1, $2) on conflict (org_id) do nothing",
      [organizationId, wrapped],
    );
    ({ rows } = await find());
  }
  const wrapped: string | null = rows[0].wrapped;
  return wrapped === null ? null : decrypt(masterKey, place, wrapped);
}

function encrypt(key: Buffer, place: string, content: Buffer): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(place));
  const body = Buffer.concat([cipher.update(content), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64");
}

function decrypt(key: Buffer, place: string, sealed: string): Buffer {
  const bytes = Buffer.from(sealed, "base64");
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES))
    .setAAD(Buffer.from(place))
    .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
}
