import fc from "fast-check";
import { expect, test } from "vitest";
import { FIRST_PRICES, type PriceBook, pinnedPrices } from "./price-book.ts";
import { type PricedSubject, ratesFor } from "./rate-usage.ts";
import { ratesUnder } from "./rates-under.ts";

const book: PriceBook = {
  versions: [
    { version: 1, organizationId: null, effectiveFrom: 0, entries: FIRST_PRICES },
    { version: 2, organizationId: "org_1", effectiveFrom: 0, entries: FIRST_PRICES.slice(0, 3) },
  ],
};

const model = fc.constantFrom(null, "", "gpt-4o-mini", "deepgram", "unheard of", "null");
const subjects: fc.Arbitrary<PricedSubject> = fc.record({
  architecture: fc.constantFrom("pipeline", "realtime", "text", "api"),
  sessionType: fc.constantFrom("webcall", "telephony", "chat", "api"),
  keyMode: fc.constantFrom("platform_keys", "own_keys"),
  llmModel: model,
  sttProvider: model,
  ttsProvider: model,
  realtimeModel: model,
  unitPriceId: fc.constantFrom(null, "contact", "other"),
});
const pins = fc.record({ priceVersion: fc.constant(1), overrideVersion: fc.constantFrom(null, 2) });

test("what is remembered is what would be found anew, for any subject and versions", () => {
  fc.assert(
    fc.property(subjects, pins, (subject, pinned) => {
      const found = ratesFor(subject, pinnedPrices(book, pinned));
      expect(ratesUnder(book, pinned, subject)).toEqual(found);
      expect(ratesUnder(book, pinned, subject)).toEqual(found);
    }),
  );
});
