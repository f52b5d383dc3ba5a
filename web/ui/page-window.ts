/** What a pager shows: pages to jump to, `"gap"` where pages are left out. At most 7 places; narrow: all of 4 pages, else at most 5 places.
 *  The first and last page are always there. @param page from 1. @param pages at least 1. */
export function pageWindow(page: number, pages: number, narrow = false): (number | "gap")[] {
  const placesMax = narrow ? 4 : 7;
  if (pages <= placesMax) return range(1, pages);
  const nearEdge = narrow ? 2 : 4;
  const edgeRun = narrow ? 2 : 5;
  if (page <= (narrow ? 1 : nearEdge)) return [...range(1, edgeRun), "gap", pages];
  if (page > pages - (narrow ? 1 : nearEdge)) return [1, "gap", ...range(pages - edgeRun + 1, pages)];
  const middle = narrow ? [page] : [page - 1, page, page + 1];
  return withGaps([1, ...middle, pages]);
}

function withGaps(wanted: number[]): (number | "gap")[] {
  return wanted.flatMap((page, index) => {
    const before = wanted[index - 1];
    return before !== undefined && page - before > 1 ? (["gap", page] as const) : [page];
  });
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
