/** A field of a CSV file, quoted where it must be. A spreadsheet would run text that begins like a formula: an
 *  apostrophe stops it. */
export function csvText(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
