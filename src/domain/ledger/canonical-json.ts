/** JSON with one spelling per value, so that it can be hashed and compared. */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Keys sorted by code unit, no white space. */
export function canonicalJson(value: Json): string {
  if (typeof value === "string") return quoted(value);
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(",")}]`;
  let members = "";
  for (const key of Object.keys(value).sort()) {
    members += `${members === "" ? "" : ","}${quoted(key)}:${canonicalJson(value[key] ?? null)}`;
  }
  return `{${members}}`;
}

/** The same members with their keys in canonical order, at every depth: written plainly they are canonical too, but for
 *  keys that look like numbers, which JavaScript always puts first. */
export function membersInOrder(members: { readonly [key: string]: Json }): { readonly [key: string]: Json } {
  const keys = Object.keys(members).sort();
  return Object.fromEntries(keys.map((key) => [key, inOrder(members[key] ?? null)]));
}

function inOrder(value: Json): Json {
  if (value === null || typeof value !== "object") return value;
  return isList(value) ? value.map(inOrder) : membersInOrder(value);
}

/** Most names and values need no escape, and asking costs less than escaping: every transaction has twenty of them. */
function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

const PLAIN = /^[ !#-[\]-~]*$/;

/** Array.isArray does not tell readonly arrays apart for the compiler. */
function isList(value: object): value is readonly Json[] {
  return Array.isArray(value);
}
