const HELD_MS = 15_000;

/** Lets exactly one tab of the browser show a notice: the one in front if there is one. Runs `show` here if this tab wins.
 *  @param id of the notice, the same in all tabs. */
export async function claimNotice(id: string, show: () => void): Promise<void> {
  if (!navigator.locks) return show();
  await wait(headStartMs());
  await navigator.locks.request(`airtime-notice:${id}`, { ifAvailable: true }, async (lock) => {
    if (lock === null) return;
    show();
    // Held until the slowest tab has asked.
    await wait(HELD_MS);
  });
}

/** The tab being looked at asks first, a visible one next, hidden ones last. */
function headStartMs(): number {
  if (document.visibilityState === "hidden") return 600;
  return document.hasFocus() ? 0 : 120;
}

function wait(durationMs: number): Promise<void> {
  return durationMs === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, durationMs));
}
