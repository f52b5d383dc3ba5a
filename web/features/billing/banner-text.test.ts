import { expect, test } from "vitest";
import { summary as usual } from "../../api/records.fixture.ts";
import type { Summary } from "../../api/records.ts";
import { bannerText } from "./banner-text.ts";

const summary: Summary = { ...usual, active_sessions: 0, burn_rate_per_minute: 0, runway_seconds: null };
const context = { defaultRate: 0.073, smallestPackage: 10 };

function say(change: Partial<Summary>): string | null {
  const text = bannerText({ ...summary, ...change }, context);
  return text && `${text.fact} ${text.consequence}`;
}

test("a good balance needs no banner", () => {
  expect(say({})).toBeNull();
});

test("a low balance says how long it lasts", () => {
  expect(say({ balance: 4.21, status: "low" })).toBe(
    "Low balance: $4.21 left. About 57 min of calls at the current rate. Calls go on; add credits so that they do not stop.",
  );
});

test("at zero new calls are refused and running ones may use the grace", () => {
  expect(say({ balance: 0, status: "depleted", active_sessions: 2 })).toBe(
    "Balance is $0.00. New calls are refused. 2 running calls go on and may use up to $5.00 of grace.",
  );
  expect(say({ balance: 0, status: "depleted" })).toBe("Balance is $0.00. New calls are refused.");
});

test("in grace it says what is left of it and how to get out", () => {
  expect(say({ balance: -2.14, status: "grace" })).toBe(
    "Balance is -$2.14. Running calls may use $2.86 more, then they are ended. New calls are refused. Any package restores service at once.",
  );
});

test("when the smallest package is not enough it names the sum", () => {
  expect(say({ balance: -12.15, status: "exhausted", grace_limit: 20 })).toContain(
    "Add at least $12.15 to restore service.",
  );
});
