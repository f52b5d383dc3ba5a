/** An amount as typed: digits, at most 4 decimals, not negative. Null when it is none. */
export function parseMoney(text: string): number | null {
  return /^\d{1,7}(\.\d{1,4})?$/.test(text.trim()) ? Number(text) : null;
}

/** Email addresses as typed, separated by commas, semicolons or spaces; each once. */
export function parseEmails(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).filter((part) => part !== ""))];
}
