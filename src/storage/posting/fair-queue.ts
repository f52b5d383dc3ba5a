/** A queue of commands that is fair between organizations: a batch takes from each in turn, so that one with thousands
 *  waiting delays the others by a share of a batch and not by its whole backlog. Within an organization the order of
 *  arrival stays. */
export type FairQueue<Item> = {
  readonly size: number;
  /** How many items of one organization wait. */
  sizeOf(organizationId: string): number;
  add(organizationId: string, item: Item): void;
  /** The next items, at most `max`: a round from every organization, then another, until the batch is full.
   *  @param organizationsMax 1 for a batch of the organization whose turn it is. */
  take(max: number, organizationsMax?: number): Item[];
};

export function createFairQueue<Item>(): FairQueue<Item> {
  // In the order of their turns: whoever was served in part goes to the end.
  const lines = new Map<string, Line<Item>>();
  let size = 0;
  return {
    get size() {
      return size;
    },
    add(organizationId, item) {
      const line = lines.get(organizationId);
      if (line === undefined) lines.set(organizationId, { items: [item], next: 0 });
      else line.items.push(item);
      size += 1;
    },
    sizeOf(organizationId) {
      const line = lines.get(organizationId);
      return line === undefined ? 0 : line.items.length - line.next;
    },
    take(max, organizationsMax = Number.POSITIVE_INFINITY) {
      const taken: Item[] = [];
      while (taken.length < max && lines.size > 0) {
        const served = Math.min(lines.size, organizationsMax);
        const share = Math.max(1, Math.floor((max - taken.length) / served));
        let turns = Math.min(served, max - taken.length);
        for (const [organizationId, line] of lines) {
          if (turns-- === 0) break; // who comes now had a turn already
          takeFrom(line, share, taken);
          lines.delete(organizationId);
          if (line.next < line.items.length) lines.set(organizationId, line);
        }
        if (served === organizationsMax) break; // another round would be of other organizations
      }
      size -= taken.length;
      return taken;
    },
  };
}

type Line<Item> = { items: Item[]; next: number };

function takeFrom<Item>(line: Line<Item>, share: number, taken: Item[]): void {
  const end = Math.min(line.items.length, line.next + share);
  for (; line.next < end; line.next++) {
    const item = line.items[line.next];
    if (item !== undefined) taken.push(item);
  }
  // What was taken goes away once it is the larger part, so that a line that never empties does not grow for ever.
  if (line.next * 2 > line.items.length) {
    line.items = line.items.slice(line.next);
    line.next = 0;
  }
}
