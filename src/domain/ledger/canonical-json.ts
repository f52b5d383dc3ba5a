/** JSON with one spelling per value, so that it can be hashed and compared. */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Keys sorted by code unit, no white space. */
export function canonicalJson(value: Json): string {
  return isInOrder(value) ? JSON.stringify(value) : sorted(value);
}

function sorted(value: Json): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (isList(value)) return `[${value.map(sorted).join(",")}]`;
  let members = "";
  for (const key of keysInOrder(value)) {
    members += `${members === "" ? "" : ","}${JSON.stringify(key)}:${sorted(value[key] ?? null)}`;
  }
  return `{${members}}`;
}

/** The same members with their keys in canonical order, at every depth: written plainly they are canonical too, but for
 *  keys that look like numbers, which JavaScript always puts first. */
export function membersInOrder(members: Members): Members {
  return isInOrder(members) ? members : reordered(members);
}

type Members = { readonly [key: string]: Json };

function reordered(members: Members): Members {
  const ordered: Record<string, Json> = {};
  for (const key of keysInOrder(members)) {
    // Assigned like the others, it would become what the object inherits from.
    if (key === "__proto__") return Object.fromEntries(entriesInOrder(members));
    ordered[key] = inOrder(members[key] ?? null);
  }
  return ordered;
}

function entriesInOrder(members: Members): [string, Json][] {
  return keysInOrder(members).map((key) => [key, inOrder(members[key] ?? null)]);
}

/** Metadata that callers made has some ten keys that are mostly in order: putting each in its place costs a third of a
 *  sort. */
function keysInOrder(members: object): string[] {
  const keys = Object.keys(members);
  // Its cost rises with the square, and whoever sends a body chooses how many keys it has.
  if (keys.length > PLACED_MAX) return keys.sort();
  for (let index = 1; index < keys.length; index += 1) {
    const key = keys[index] ?? "";
    let place = index;
    for (; place > 0; place -= 1) {
      const before = keys[place - 1] ?? "";
      if (before <= key) break;
      keys[place] = before;
    }
    keys[place] = key;
  }
  return keys;
}

const PLACED_MAX = 16;

function inOrder(value: Json): Json {
  if (value === null || typeof value !== "object") return value;
  return isList(value) ? value.map(inOrder) : reordered(value);
}

/** Whether every object's keys are sorted as they are: asking costs a fraction of sorting, and what the ledger writes
 *  was put in order where it was made. */
function isInOrder(value: Json): boolean {
  if (value === null || typeof value !== "object") return true;
  if (isList(value)) return value.every(isInOrder);
  let last = "";
  for (const key of Object.keys(value)) {
    const member = value[key];
    if (key < last || member === undefined || !isInOrder(member)) return false;
    last = key;
  }
  return true;
}

/** Array.isArray does not tell readonly arrays apart for the compiler. */
function isList(value: object): value is readonly Json[] {
  return Array.isArray(value);
}
