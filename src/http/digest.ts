import { createHash } from "node:crypto";
import { canonicalJson } from "../domain/ledger/canonical-json.ts";

/** Digest of what a request means, however its fields were ordered: equal for equal natural requests. */
export function digestOfJson(value: unknown): string {
  const json = JSON.stringify(value, (_key, part) => (typeof part === "bigint" ? String(part) : part));
  return createHash("sha256")
    .update(canonicalJson(JSON.parse(json)))
    .digest("hex");
}
