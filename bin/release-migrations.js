import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

// Writes the migrations that are about to be released into migrations/checksums.json; from then on a test refuses any
// edit of them. Entries that are there already are left alone, whatever the file holds now.
const directory = join(fileURLToPath(import.meta.url), "..", "..", "migrations");
const list = join(directory, "checksums.json");
const released = existsSync(list) ? JSON.parse(readFileSync(list, "utf8")) : {};
const added = readdirSync(directory)
  .filter((name) => name.endsWith(".sql") && !(name in released))
  .sort();
for (const name of added) {
  const text = readFileSync(join(directory, name), "utf8").replaceAll("\r\n", "\n");
  released[name] = createHash("sha256").update(text).digest("hex");
}
writeFileSync(list, `${JSON.stringify(released, null, 2)}\n`);
console.log(added.length === 0 ? "No new migration." : `Released: ${added.join(", ")}`);
