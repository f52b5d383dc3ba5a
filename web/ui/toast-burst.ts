/** What one arrival leads to: a notice of its own, or one notice for the whole burst in place of those shown so far. */
export type BurstNotice<Item> =
  | { kind: "single"; item: Item }
  | { kind: "burst"; count: number; total: number; replaces: Item[] };

export interface Burst<Item> {
  readonly startedAtMs: number;
  readonly items: readonly Item[];
  readonly total: number;
}

const BURST_MS = 2000;
const SINGLES_MAX = 3;

/** Adds an arrival: more than three within two seconds become one notice with their count and sum.
 *  Pure; amounts are added in whole ten-thousandths. */
export function addToBurst<Item extends { amount: number }>(
  burst: Burst<Item> | null,
  item: Item,
  nowMs: number,
): { burst: Burst<Item>; notice: BurstNotice<Item> } {
  const fresh = burst === null || nowMs - burst.startedAtMs >= BURST_MS;
  const items = fresh ? [item] : [...burst.items, item];
  const units = Math.round((fresh ? 0 : burst.total) * 10_000) + Math.round(item.amount * 10_000);
  const next = { startedAtMs: fresh ? nowMs : burst.startedAtMs, items, total: units / 10_000 };
  if (items.length <= SINGLES_MAX) return { burst: next, notice: { kind: "single", item } };
  const notice = {
    kind: "burst" as const,
    count: items.length,
    total: next.total,
    replaces: items.slice(0, SINGLES_MAX),
  };
  return { burst: next, notice };
}
