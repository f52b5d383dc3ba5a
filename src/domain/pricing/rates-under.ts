import { type PinnedPrices, type PriceBook, pinnedPrices } from "./price-book.ts";
import { type AppliedRates, type PricedSubject, ratesFor } from "./rate-usage.ts";

/** The rates of a subject under pinned versions, or null ("price_missing"). Most commands ask what was asked before, and
 *  a book never changes (a new version makes a new book), so its answers are remembered with it. */
export function ratesUnder(
  book: PriceBook,
  pinned: PinnedPrices,
  subject: PricedSubject,
): AppliedRates | null {
  const answers = answersOf(book);
  const question = questionOf(pinned, subject);
  const known = answers.get(question);
  if (known !== undefined) return known;
  // Callers name the models: the memory must not grow with what they make up.
  if (answers.size >= ANSWERS_MAX) answers.clear();
  const rates = ratesFor(subject, pinnedPrices(book, pinned));
  answers.set(question, rates);
  return rates;
}

const remembered = new WeakMap<PriceBook, Map<string, AppliedRates | null>>();
const ANSWERS_MAX = 5_000;

function answersOf(book: PriceBook): Map<string, AppliedRates | null> {
  const known = remembered.get(book);
  if (known !== undefined) return known;
  const answers = new Map<string, AppliedRates | null>();
  remembered.set(book, answers);
  return answers;
}

/** Names may contain anything but NUL, and one that is not given differs from any that is. */
function questionOf({ priceVersion, overrideVersion }: PinnedPrices, subject: PricedSubject): string {
  const { architecture, sessionType, keyMode, llmModel, sttProvider, ttsProvider } = subject;
  return (
    `${priceVersion}\0${overrideVersion}\0${architecture}\0${sessionType}\0${keyMode}\0${named(llmModel)}\0` +
    `${named(sttProvider)}\0${named(ttsProvider)}\0${named(subject.realtimeModel)}\0${named(subject.unitPriceId)}`
  );
}

function named(name: string | null | undefined): string {
  return name === null || name === undefined ? "" : `=${name}`;
}
