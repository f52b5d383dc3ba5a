import { expect, test } from "vitest";
import { isFiltered, parseCallLogsSearch } from "./call-logs-search.ts";

test("every filter of a URL is read, and an id of digits alone stays a text", () => {
  const url = {
    status: "settled",
    architecture: "text",
    agent: 4417,
    from: "2026-11-01",
    to: "2026-11-24",
    search: "call",
    page: 3,
    limit: 50,
  };
  expect(parseCallLogsSearch(url)).toMatchObject({ ...url, agent: "4417" });
});

test("what is not valid counts as absent, and so do defaults", () => {
  const read = parseCallLogsSearch({
    status: "gone",
    architecture: 1,
    page: "x",
    limit: 25,
    search: "",
    from: "yesterday",
  });
  expect(Object.values(read).filter((value) => value !== undefined)).toEqual([]);
});

test("a state alone is no filter: its counts are shown beside it", () => {
  expect(isFiltered({ status: "active", page: 2 })).toBe(false);
  expect(isFiltered({ agent: "agent_1" })).toBe(true);
  expect(isFiltered({ to: "2026-11-24" })).toBe(true);
});
