import { expect, test } from "vitest";
import type { AuditEntry } from "./audit-ports.ts";
import { createReadCounts } from "./count-reads.ts";

const HOUR = 3_600_000;

function read({ ip = "203.0.113.7", at = 0, route = "GET /a", actor = "usr_1" } = {}): AuditEntry {
  return {
    organizationId: "org_1",
    facts: {
      actor: { type: "user", id: actor },
      action: "view_billing",
      operation: null,
      subject: null,
      result: "ok",
      count: 1,
      occurredAt: at,
      lastAt: at,
    },
    details: { actorName: "Olivia", ip, userAgent: "Studio/1.0", operations: { [route]: 1 } },
  };
}

const countsOf = (entries: readonly AuditEntry[]) => entries.map(({ facts }) => facts.count);

test("the first read of an hour is due at once, the rest together when the hour is over", () => {
  const counts = createReadCounts();
  counts.count(read({ at: 1_000 }));
  expect(countsOf(counts.take("due", 2_000))).toEqual([1]);
  for (const at of [3_000, 4_000, 5_000])
    counts.count(read({ at, route: at === 5_000 ? "GET /b" : "GET /a" }));
  expect(counts.take("due", 6_000)).toEqual([]);
  const [rest, ...none] = counts.take("due", HOUR);
  expect(none).toEqual([]);
  expect(rest).toMatchObject({
    facts: { count: 3, occurredAt: 3_000, lastAt: 5_000 },
    details: { operations: { "GET /a": 2, "GET /b": 1 } },
  });
  expect(counts.take("all", HOUR)).toEqual([]);
});

test("the next hour, another person and another address are rows of their own", () => {
  const counts = createReadCounts();
  for (const one of [{}, { at: HOUR }, { actor: "usr_2" }, { ip: "198.51.100.1" }]) counts.count(read(one));
  expect(counts.take("due", HOUR)).toHaveLength(4);
});

test("everything is due when all is asked for, once", () => {
  const counts = createReadCounts();
  counts.count(read());
  counts.take("due", 0);
  counts.count(read());
  counts.count(read());
  expect(countsOf(counts.take("all", 0))).toEqual([2]);
  expect(counts.take("all", 0)).toEqual([]);
});

test("what could not be written is due again, with what came meanwhile", () => {
  const counts = createReadCounts();
  counts.count(read());
  const taken = counts.take("due", 0);
  counts.count(read());
  counts.putBack(taken);
  expect(countsOf(counts.take("due", 0))).toEqual([2]);
});

test("addresses without end are counted as one when there are too many", () => {
  const counts = createReadCounts(3);
  for (let number = 0; number < 10; number += 1) counts.count(read({ ip: `203.0.113.${number}` }));
  const taken = counts.take("all", 0);
  expect(countsOf(taken)).toEqual([1, 1, 1, 7]);
  expect(taken.at(-1)?.details).toMatchObject({ ip: null, userAgent: null });
});
