import { expect, test } from "vitest";
import { parseEmails, parseMoney } from "./parse-settings.ts";

test("an amount has at most four decimals and no sign", () => {
  expect(["5", "12.50", " 0.0001 "].map(parseMoney)).toEqual([5, 12.5, 0.0001]);
  expect(["", "-1", "1.00001", "1e3", "five"].map(parseMoney)).toEqual([null, null, null, null, null]);
});

test("emails are separated by commas, semicolons or spaces, each kept once", () => {
  expect(parseEmails("a@b.c, d@e.f;a@b.c\n g@h.i")).toEqual(["a@b.c", "d@e.f", "g@h.i"]);
  expect(parseEmails("  ")).toEqual([]);
});
