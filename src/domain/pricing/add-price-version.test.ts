import { describe, expect, test } from "vitest";
import { rate } from "../money/exact.ts";
import { decidePriceVersion, LEAD_MS, type PriceVersionRequest } from "./add-price-version.ts";
import { priceListProblems } from "./check-price-list.ts";
import { FIRST_PRICES, type PriceBook, type PriceEntry } from "./price-book.ts";

const NOW = 1_800_000_000_000;
const BOOK: PriceBook = {
  versions: [{ version: 1, organizationId: null, effectiveFrom: 0, entries: FIRST_PRICES }],
};

const llm = (value: bigint, selectors: Partial<PriceEntry> = {}): PriceEntry => ({
  component: "llm",
  unit: "minute",
  architecture: "pipeline",
  rate: rate(value),
  ...selectors,
});

function decide(request: Partial<PriceVersionRequest>, book = BOOK) {
  return decidePriceVersion(
    book,
    { organizationId: null, effectiveFrom: null, entries: FIRST_PRICES, ...request },
    NOW,
  );
}

function added(request: Partial<PriceVersionRequest>, book = BOOK) {
  const decision = decide(request, book);
  if (decision.kind !== "added") throw new Error(decision.kind);
  return decision;
}

/** The book after a version. */
function bookWith(request: Partial<PriceVersionRequest>, book = BOOK): PriceBook {
  return { versions: [...book.versions, added(request, book).version] };
}

describe("a price version", () => {
  test("without a date comes into force after the lead, with the next number", () => {
    const entries = FIRST_PRICES.map((entry) => ({ ...entry, rate: rate(entry.rate * 2n) }));
    expect(added({ entries })).toMatchObject({
      repeated: false,
      version: { version: 2, organizationId: null, effectiveFrom: NOW + LEAD_MS },
    });
  });

  test("without a date is the one in force by then, if that is the same, and changes nothing", () => {
    const [first] = BOOK.versions;
    expect(added({})).toMatchObject({ repeated: true, version: first, changes: [] });
    const override = { organizationId: "org_a", entries: [llm(1n)] };
    const book = bookWith(override);
    expect(added(override, book)).toMatchObject({ repeated: true, version: { version: 2 }, changes: [] });
    expect(added({ ...override, organizationId: "org_b" }, book)).toMatchObject({
      repeated: false,
      version: { version: 3 },
    });
  });

  test.each([
    [NOW - 1, "too_early"],
    [NOW, "too_early"],
    [NOW + LEAD_MS - 1, "too_early"],
    [NOW + LEAD_MS, "added"],
    [NOW + LEAD_MS + 1, "added"],
  ])("from %d on is %s", (effectiveFrom, kind) => {
    expect(decide({ effectiveFrom }).kind).toBe(kind);
  });

  test("of the same date and list is the one that is there, even when its date is past", () => {
    expect(decide({ effectiveFrom: 0 })).toMatchObject({
      kind: "added",
      repeated: true,
      version: { version: 1 },
    });
  });

  test("of the same date and another list is refused, but not for another organization", () => {
    const at = { effectiveFrom: NOW + 5_000 };
    const book = bookWith({ ...at, organizationId: "org_a", entries: [llm(1n)] });
    const entries = [llm(2n)];
    expect(decide({ ...at, organizationId: "org_a", entries }, book)).toEqual({
      kind: "date_taken",
      version: 2,
    });
    expect(decide({ ...at, organizationId: "org_b", entries }, book).kind).toBe("added");
    expect(decide(at, book).kind).toBe("added");
  });

  test("says what changes for everyone, selector by selector, and what examples cost", () => {
    const entries = FIRST_PRICES.map((entry) =>
      entry.model === "gpt-4o-mini" ? { ...entry, rate: rate(250_000_000n) } : entry,
    );
    const { changes, examples } = added({
      entries: [...entries, llm(200_000_000n, { model: "new-model" })],
    });
    expect(changes).toEqual([
      { selectors: selectors({ model: "gpt-4o-mini" }), from: 150_000_000n, to: 250_000_000n },
      // What it costs today is its component's default.
      { selectors: selectors({ model: "new-model" }), from: 150_000_000n, to: 200_000_000n },
    ]);
    expect(examples[0]).toEqual({ example: "3.5 min of pipeline, webcall", before: 2_555n, after: 2_905n });
    expect(examples[4]).toEqual({ example: "25 chat messages", before: 250n, after: 250n });
  });

  test("says what an override changes, down to the models that it takes in", () => {
    const { changes } = added({ organizationId: "org_a", entries: [llm(50_000_000n)] });
    expect(changes).toEqual([
      { selectors: selectors({}), from: 150_000_000n, to: 50_000_000n },
      { selectors: selectors({ model: "gpt-4o-mini" }), from: 150_000_000n, to: 50_000_000n },
      { selectors: selectors({ model: "gemini-flash" }), from: 100_000_000n, to: 50_000_000n },
    ]);
  });

  test("without rates ends the override", () => {
    const book = bookWith({ organizationId: "org_a", entries: [llm(50_000_000n)] });
    const { changes, examples } = added(
      { organizationId: "org_a", entries: [], effectiveFrom: NOW + 9_000 },
      book,
    );
    expect(changes.map(({ from, to }) => [from, to])).toEqual([
      [50_000_000n, 150_000_000n],
      [50_000_000n, 150_000_000n],
      [50_000_000n, 100_000_000n],
    ]);
    expect(examples[0]).toMatchObject({ before: 2_205n, after: 2_555n });
  });
});

function selectors(some: object) {
  return {
    component: "llm",
    architecture: "pipeline",
    sessionType: null,
    keyMode: null,
    model: null,
    unitPriceId: null,
    ...some,
  };
}

describe("a price list", () => {
  const without = (drop: (entry: PriceEntry) => boolean) => FIRST_PRICES.filter((entry) => !drop(entry));

  test("of the first prices is right", () => {
    expect(priceListProblems(FIRST_PRICES, "everyone")).toEqual([]);
  });

  test.each<[what: string, entries: readonly PriceEntry[], problems: string[]]>([
    [
      "without a base for telephony with own keys",
      without(({ sessionType, keyMode }) => sessionType === "telephony" && keyMode === "own_keys"),
      [
        "no price for base of pipeline, telephony, own_keys",
        "no price for base of realtime, telephony, own_keys",
      ],
    ],
    [
      "without a default for models that have no rate",
      without(({ component, model }) => component === "stt" && model === undefined),
      [
        "no price for stt of pipeline, webcall, platform_keys",
        "no price for stt of pipeline, telephony, platform_keys",
      ],
    ],
    [
      "without chat",
      without(({ architecture }) => architecture === "text"),
      ["no price for llm of text, chat, platform_keys"],
    ],
    [
      "without a unit price",
      without(({ component }) => component === "unit"),
      ["no price for unit of api, api, platform_keys", "no price for unit of api, api, own_keys"],
    ],
  ])("%s leaves a gap, which an override may", (_what, entries, problems) => {
    expect(priceListProblems(entries, "everyone").map(({ problem }) => problem)).toEqual(problems);
    expect(priceListProblems(entries, "override")).toEqual([]);
  });

  const contact: PriceEntry = {
    component: "unit",
    unit: "unit",
    architecture: "api",
    unitPriceId: "contact",
    rate: rate(1n),
  };

  const { unitPriceId: _, ...nameless } = contact;

  test.each<[what: string, wrong: PriceEntry, problem: string | RegExp]>([
    ["a negative rate", llm(-1n), "its rate is negative"],
    ["another unit", llm(1n, { unit: "message" }), "pipeline is priced per minute, not per message"],
    ["a unit price without an id", nameless, /has a unit_price_id$/],
    [
      "an id on another component",
      llm(1n, { unitPriceId: "contact" }),
      "only a unit price has a unit_price_id",
    ],
    [
      "a unit's name on another component",
      llm(1n, { unitName: "word" }),
      "only a unit price has a unit_name",
    ],
    ["a component that its architecture has not", llm(1n, { component: "model" }), /never apply$/],
    ["a session type that is not sold so", llm(1n, { sessionType: "chat" }), /never apply$/],
    ["a model where own keys pay none", llm(1n, { keyMode: "own_keys" }), /never apply$/],
    ["a model for the base", llm(1n, { component: "base", model: "gpt-4o-mini" }), /never apply$/],
  ])("with %s is refused at that entry", (_what, wrong, problem) => {
    const problems = priceListProblems([...FIRST_PRICES, wrong], "everyone");
    expect(problems).toEqual([{ entry: FIRST_PRICES.length, problem: expect.stringMatching(problem) }]);
  });

  test.each<[what: string, own: readonly PriceEntry[], overlapping: number[]]>([
    ["equal selectors", [llm(1n), llm(2n)], [1]],
    ["any model twice", [llm(1n), llm(2n, { model: "*" })], [1]],
    ["as many other selectors", [llm(1n, { sessionType: "webcall" }), llm(2n, { model: "m" })], [1]],
    ["more selectors", [llm(1n), llm(2n, { model: "m" })], []],
    ["selectors that exclude each other", [llm(1n, { model: "m" }), llm(2n, { model: "n" })], []],
    [
      "an overlap that a third one decides",
      [
        llm(1n, { sessionType: "webcall" }),
        llm(2n, { model: "m" }),
        llm(3n, { sessionType: "webcall", model: "m" }),
      ],
      [],
    ],
    ["two unit prices", [contact, { ...contact, unitPriceId: "page" }], []],
    ["one unit price twice", [contact, { ...contact, rate: rate(2n) }], [1]],
  ])("overlaps where it is to: %s", (_what, own, overlapping) => {
    expect(priceListProblems(own, "override").map(({ entry }) => entry)).toEqual(overlapping);
  });
});
