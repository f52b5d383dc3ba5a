import { expect, test } from "vitest";
import { invariant } from "./assert.ts";
import { decide } from "./charging/decide.ts";
import { describeUsage, kindOfSession } from "./charging/describe.ts";
import { mayReauthorize } from "./charging/reauthorize.ts";
import { expire, PIPELINE, PRICES, TIMING, World } from "./charging/world.fixture.ts";
import { mayAct } from "./policy/authorization.ts";
import { measureOf, NO_USAGE, ratesFor } from "./pricing/rate-usage.ts";

test("an invariant that holds says nothing, and one that does not throws what it promised", () => {
  expect(() => invariant(true, "never said")).not.toThrow();
  expect(() => invariant(false, "holds are not negative")).toThrow(
    "invariant broken: holds are not negative",
  );
});

// From outside the types, as a row that a later version wrote would be.
const fax = JSON.parse('"fax"');
const faxed = JSON.parse('{"kind":"fax"}');
const world = new World();

test.each<[what: string, use: () => unknown, named: string]>([
  ["a measure", () => measureOf(fax), '"fax"'],
  ["rates", () => ratesFor({ ...PIPELINE, architecture: fax }, { own: [], everyone: [] }), '"fax"'],
  ["a transaction's kind", () => kindOfSession(fax), '"fax"'],
  ["a description", () => describeUsage({ ...PIPELINE, architecture: fax }, NO_USAGE, "page"), '"fax"'],
  ["a principal", () => mayAct(faxed, "charge"), '{"kind":"fax"}'],
  ["a command", () => mayReauthorize(faxed), '{"kind":"fax"}'],
  [
    "a decision",
    () => decide(world.facts(expire()), faxed, { now: 0, prices: PRICES, timing: TIMING }),
    '{"kind":"fax"}',
  ],
])("%s of a variant that no branch knows is a fault that names it", (_what, use, named) => {
  expect(use).toThrow(`unexpected variant: ${named}`);
});
