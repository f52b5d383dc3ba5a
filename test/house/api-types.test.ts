import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

test("the page's types of the API are what openapi.json says", () => {
  const { status, stderr } = spawnSync(process.execPath, ["bin/api-types.js", "--check"], {
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  expect(status).toBe(0);
});
