import type { CredentialReader } from "../application/identity-ports.ts";
import type { KeyCredential } from "../domain/policy/organization.ts";

/** Remembers which key a digest belongs to, or that it belongs to none, so that a busy runtime does not cost a query per
 *  request. What it says is never older than ageMaxMs: a revocation in this process is seen at once (`forget`), one
 *  elsewhere within that time, and without the database nobody is recognised for longer.
 *  While requests come in, the keys in use are read again together, before they are too old to be used: one query for
 *  all of them twice in that time, however many keys and requests there are. */
export function createKeyCache(
  credentials: Pick<CredentialReader, "findKeysByHash">,
  { ageMaxMs = 1_000, nowMs = () => performance.now() }: KeyCacheSettings = {},
): KeyCache {
  const memory = createMemory(ageMaxMs);
  const read = readTogether(credentials, nowMs);
  const asking = new Map<string, Question>();
  let lastReadMs = Number.NEGATIVE_INFINITY;

  return {
    find(digest) {
      const name = nameOf(digest);
      const now = nowMs();
      if (now - lastReadMs >= ageMaxMs / 2) readAgain(now);
      const known = memory.recall(name, now);
      return known === undefined ? (questionUnderWay(name, now) ?? ask(digest, now)).answer : known;
    },
    forget(digest) {
      const name = nameOf(digest);
      memory.forget(name);
      // A question under way may have been answered before the revocation: nobody waits for it, nothing is learned of it.
      asking.delete(name);
    },
  };

  function readAgain(now: number): void {
    lastReadMs = now;
    for (const { digest, usedAtMs } of memory.inUse(now)) {
      if (questionUnderWay(nameOf(digest), now) === undefined) ask(digest, now, usedAtMs);
    }
  }

  /** One that takes longer may hang on a connection that is lost: others do not wait for it. */
  function questionUnderWay(name: string, now: number): Question | undefined {
    const question = asking.get(name);
    return question !== undefined && now - question.askedAtMs < ageMaxMs ? question : undefined;
  }

  function ask(digest: Buffer, askedAtMs: number, usedAtMs = askedAtMs): Question {
    const name = nameOf(digest);
    const answer = read(digest).then(({ keys, readAtMs }) => {
      const credential = keys.get(name) ?? null;
      if (asking.get(name) === question) {
        asking.delete(name);
        memory.remember({ digest, credential, readAtMs, usedAtMs });
      }
      return credential;
    });
    const question: Question = { askedAtMs, answer };
    asking.set(name, question);
    // A failed question is not knowledge: the next request asks again. Whoever waits for this one hears of it.
    answer.catch(() => asking.get(name) === question && asking.delete(name));
    return question;
  }
}

export type KeyCache = {
  /** At once when it is known, which is nearly always. @param digest SHA-256 of the key. */
  find(digest: Buffer): KeyCredential | null | Promise<KeyCredential | null>;
  forget(digest: Buffer): void;
};

export type KeyCacheSettings = { readonly ageMaxMs?: number; readonly nowMs?: () => number };

type Question = { readonly askedAtMs: number; readonly answer: Promise<KeyCredential | null> };

type Remembered = {
  readonly digest: Buffer;
  readonly credential: KeyCredential | null;
  /** When the database was asked, not when it answered: it may have answered with what was true then. */
  readonly readAtMs: number;
  usedAtMs: number;
};

const IN_USE_MS = 10_000;
// Guessed keys must not fill the memory. Live ones can't: there are no more of them than the database has.
const UNKNOWN_MAX = 10_000;

function createMemory(ageMaxMs: number) {
  const live = new Map<string, Remembered>();
  const unknown = new Map<string, Remembered>();
  return {
    /** Undefined when nothing is known that is young enough. */
    recall(name: string, now: number): KeyCredential | null | undefined {
      const known = live.get(name) ?? unknown.get(name);
      if (known === undefined || now - known.readAtMs >= ageMaxMs) return undefined;
      known.usedAtMs = now;
      return known.credential;
    },
    remember(found: Remembered): void {
      const name = nameOf(found.digest);
      const usedAtMs = Math.max(found.usedAtMs, live.get(name)?.usedAtMs ?? found.usedAtMs);
      this.forget(name);
      if (unknown.size >= UNKNOWN_MAX) unknown.clear();
      (found.credential === null ? unknown : live).set(name, { ...found, usedAtMs });
    },
    forget(name: string): void {
      live.delete(name);
      unknown.delete(name);
    },
    /** The live keys that were used of late; the others are forgotten. */
    inUse(now: number): Remembered[] {
      for (const [name, key] of live) if (now - key.usedAtMs >= IN_USE_MS) live.delete(name);
      return [...live.values()];
    },
  };
}

type Reading = { readonly keys: ReadonlyMap<string, KeyCredential>; readonly readAtMs: number };

/** Whoever asks in one turn of the event loop asks with one query. */
function readTogether(credentials: Pick<CredentialReader, "findKeysByHash">, nowMs: () => number) {
  let next: { readonly digests: Buffer[]; readonly reading: Promise<Reading> } | null = null;
  return (digest: Buffer): Promise<Reading> => {
    next ??= open();
    next.digests.push(digest);
    return next.reading;
  };

  function open() {
    const digests: Buffer[] = [];
    const turnOver = new Promise<void>((resolve) => setImmediate(resolve));
    const reading = turnOver.then(async () => {
      next = null;
      const readAtMs = nowMs();
      const found = await credentials.findKeysByHash(digests);
      return { keys: new Map(found.map(({ hash, credential }) => [nameOf(hash), credential])), readAtMs };
    });
    return { digests, reading };
  }
}

function nameOf(digest: Buffer): string {
  return digest.toString("latin1");
}
