import { expect, test } from "vitest";
import { parseReturn } from "./return-path.ts";

test("only an address within this site is gone back to", () => {
  expect(parseReturn({ return: "/billing?page=2" })).toEqual({ return: "/billing?page=2" });
  for (const path of ["https://evil.test", "//evil.test", "/\\evil.test", "billing", 5, undefined]) {
    expect(parseReturn({ return: path })).toEqual({});
  }
});
