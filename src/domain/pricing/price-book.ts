import { type Rate, rate } from "../money/exact.ts";

/** What the price book knows: versions, each with a start, each a full list of rates (or, for one organization,
 *  the rates that differ). Source: brief.md, Usage and price. */

export type Architecture = "pipeline" | "realtime" | "text" | "api";
export type SessionType = "webcall" | "telephony" | "chat" | "api";
export type KeyMode = "platform_keys" | "own_keys";
export type Component = "base" | "llm" | "model" | "stt" | "tts" | "unit";
export type RateUnit = "minute" | "message" | "unit";

/** One rate. Absent selectors match anything; within a version the entry with the most matching selectors wins. */
export type PriceEntry = {
  readonly component: Component;
  readonly unit: RateUnit;
  readonly rate: Rate;
  readonly architecture: Architecture;
  readonly sessionType?: SessionType;
  readonly keyMode?: KeyMode;
  /** A model or vendor; "*" says that the rate is the same for every model, so using it is no fallback. */
  readonly model?: string;
  /** For api units: the id that a one-shot event names, and the word for one of them. */
  readonly unitPriceId?: string;
  readonly unitName?: string;
};

export type PriceVersion = {
  readonly version: number;
  /** Null: for everyone. Else an override of that organization. */
  readonly organizationId: string | null;
  /** Epoch ms; in force from here until the next version of the same organization (or of everyone). */
  readonly effectiveFrom: number;
  readonly entries: readonly PriceEntry[];
};

export type PriceBook = { readonly versions: readonly PriceVersion[] };

/** The versions that a session is rated with, pinned at its start. */
export type PinnedPrices = { readonly priceVersion: number; readonly overrideVersion: number | null };

/** An organization's own entries and everyone's. One of its own that matches wins, however few selectors it has: it is
 *  what was agreed with this customer. */
export type PriceLists = { readonly own: readonly PriceEntry[]; readonly everyone: readonly PriceEntry[] };

/** The versions in force at `now` (epoch ms), or null when no price was in force then.
 *  @param organizationId null: for an organization without an override. */
export function pricesInForce(
  book: PriceBook,
  organizationId: string | null,
  now: number,
): PinnedPrices | null {
  const everyone = latest(book, null, now);
  if (everyone === null) return null;
  return {
    priceVersion: everyone.version,
    overrideVersion: organizationId === null ? null : (latest(book, organizationId, now)?.version ?? null),
  };
}

/** The number of the last version that was added; 0 for an empty book. Versions are numbered as they are added. */
export function newestVersion(book: PriceBook): number {
  return book.versions.reduce((newest, { version }) => Math.max(newest, version), 0);
}

/** Whether the book has these versions. */
export function hasVersions(book: PriceBook, { priceVersion, overrideVersion }: PinnedPrices): boolean {
  const has = (version: number) => book.versions.some((candidate) => candidate.version === version);
  return has(priceVersion) && (overrideVersion === null || has(overrideVersion));
}

/** The lists that pinned versions come to. */
export function pinnedPrices(book: PriceBook, pinned: PinnedPrices): PriceLists {
  const entriesOf = (version: number | null) =>
    book.versions.find((candidate) => candidate.version === version)?.entries ?? [];
  return { own: entriesOf(pinned.overrideVersion), everyone: entriesOf(pinned.priceVersion) };
}

function latest(book: PriceBook, organizationId: string | null, now: number): PriceVersion | null {
  let found: PriceVersion | null = null;
  for (const version of book.versions) {
    if (version.organizationId !== organizationId || version.effectiveFrom > now) continue;
    if (
      found === null ||
      version.effectiveFrom > found.effectiveFrom ||
      (version.effectiveFrom === found.effectiveFrom && version.version > found.version)
    ) {
      found = version;
    }
  }
  return found;
}

const cents = (tenThousandths: number): Rate => rate(BigInt(tenThousandths) * 1_000_000n);

/** The first version of the price book, as brief.md lists it. */
export const FIRST_PRICES: readonly PriceEntry[] = [
  ...(["pipeline", "realtime"] as const).flatMap((architecture): PriceEntry[] => [
    {
      component: "base",
      unit: "minute",
      architecture,
      sessionType: "webcall",
      keyMode: "platform_keys",
      rate: cents(500),
    },
    {
      component: "base",
      unit: "minute",
      architecture,
      sessionType: "webcall",
      keyMode: "own_keys",
      rate: cents(200),
    },
    {
      component: "base",
      unit: "minute",
      architecture,
      sessionType: "telephony",
      keyMode: "platform_keys",
      rate: cents(1000),
    },
    {
      component: "base",
      unit: "minute",
      architecture,
      sessionType: "telephony",
      keyMode: "own_keys",
      rate: cents(500),
    },
  ]),
  { component: "llm", unit: "minute", architecture: "pipeline", rate: cents(150) },
  { component: "llm", unit: "minute", architecture: "pipeline", model: "gpt-4o-mini", rate: cents(150) },
  { component: "llm", unit: "minute", architecture: "pipeline", model: "gemini-flash", rate: cents(100) },
  { component: "stt", unit: "minute", architecture: "pipeline", rate: cents(30) },
  { component: "stt", unit: "minute", architecture: "pipeline", model: "deepgram", rate: cents(30) },
  { component: "tts", unit: "minute", architecture: "pipeline", rate: cents(50) },
  { component: "tts", unit: "minute", architecture: "pipeline", model: "cartesia", rate: cents(50) },
  { component: "model", unit: "minute", architecture: "realtime", rate: cents(600) },
  { component: "llm", unit: "message", architecture: "text", model: "*", rate: cents(10) },
  {
    component: "unit",
    unit: "unit",
    architecture: "api",
    unitPriceId: "contact",
    unitName: "contact",
    rate: cents(100),
  },
];
