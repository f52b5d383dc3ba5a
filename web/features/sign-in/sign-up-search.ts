import { parseReturn } from "./return-path.ts";

/** What a link to signing up says: the invited address, and where to go then. */
export function parseSignUp(search: Record<string, unknown>): { return?: string; email?: string } {
  const { email } = search;
  return { ...parseReturn(search), ...(typeof email === "string" && email.length <= 255 ? { email } : {}) };
}
