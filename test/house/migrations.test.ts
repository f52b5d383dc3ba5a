import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { filesIn } from "./sources.ts";

const directory = join(import.meta.dirname, "..", "..", "migrations");
const names = filesIn("migrations")
  .map((path) => path.replace(/^migrations\//, ""))
  .filter((name) => name.endsWith(".sql"));

test("migrations are numbered without gap or repetition", () => {
  const numbers = names.map((name) => Number(/^(\d{4})\.do\.[a-z0-9-]+\.sql$/.exec(name)?.[1]));
  expect(numbers).toEqual(names.map((_, index) => index + 1));
});

test("a released migration is never edited: bin/release-migrations.js lists them with their checksums", () => {
  const released: Record<string, string> = JSON.parse(
    readFileSync(join(directory, "checksums.json"), "utf8"),
  );
  const edited = Object.entries(released).filter(([name, checksum]) => checksumOf(name) !== checksum);
  expect(edited).toEqual([]);
});

function checksumOf(name: string): string | null {
  const file = join(directory, name);
  if (!existsSync(file)) return null;
  const text = readFileSync(file, "utf8").replaceAll("\r\n", "\n"); // as migrate.ts reads it
  return createHash("sha256").update(text).digest("hex");
}
