/** Where to go after signing in: an address within this site, or none. Another site's address is never gone to. */
export function parseReturn(search: Record<string, unknown>): { return?: string } {
  const path = search.return;
  return typeof path === "string" && /^\/(?![/\\])/.test(path) ? { return: path } : {};
}
