import { hash } from "node:crypto";

/** Digest of what a request means, however its fields were ordered: equal for equal natural requests. Fields that are
 *  not given do not count, and amounts (bigint, which JSON has no word for) count as their digits. */
export function digestOfJson(value: unknown): string {
  return hash("sha256", meaningOf(value), "hex");
}

/** Canonical JSON of a parsed request, without a copy of it in between. */
function meaningOf(value: unknown): string {
  if (typeof value === "bigint") return `"${value}"`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(meaningOf).join(",")}]`;
  let members = "";
  for (const key of Object.keys(value).sort()) {
    const member: unknown = Reflect.get(value, key);
    if (member === undefined) continue;
    members += `${members === "" ? "" : ","}${JSON.stringify(key)}:${meaningOf(member)}`;
  }
  return `{${members}}`;
}
