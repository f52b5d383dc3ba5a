let skewMs = 0;

/** Now by the service's clock, in milliseconds: running calls tick by it, so that a wrong clock here shows no wrong cost. */
export function serverNowMs(): number {
  return Date.now() + skewMs;
}

/** Learns the difference from an answer's Date header. It has whole seconds, so smaller differences are left alone. */
export function noteServerTime(dateHeader: string | null): void {
  if (dateHeader === null) return;
  const differenceMs = Date.parse(dateHeader) - Date.now();
  if (Number.isNaN(differenceMs)) return;
  skewMs = Math.abs(differenceMs) < 1500 ? 0 : differenceMs;
}
