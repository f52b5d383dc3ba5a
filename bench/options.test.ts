import { expect, test } from "vitest";
import { GROUPS, parseOptions } from "./options.ts";

test("without a word everything is measured in full", () => {
  expect(parseOptions([])).toMatchObject({
    kind: "run",
    options: { plan: { name: "full", historyRows: 10_000_000 }, groups: GROUPS, json: false },
  });
});

test("--quick has a history of a million rows", () => {
  expect(parseOptions(["--quick", "--json"])).toMatchObject({
    kind: "run",
    options: { plan: { name: "quick", historyRows: 1_000_000 }, json: true },
  });
});

test("--only keeps the order of measuring", () => {
  expect(parseOptions(["--only", "history,engine"])).toMatchObject({
    kind: "run",
    options: { groups: ["engine", "history"] },
  });
});

test.each([[["--only", "motor"]], [["--fast"]], [["quick"]]])("%j is refused", (words) => {
  expect(parseOptions(words)).toMatchObject({ kind: "refused" });
});
