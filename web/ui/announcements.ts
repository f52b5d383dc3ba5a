const QUIET_MS = 10_000;

/** Says what passes to those who listen instead of looking, one message in ten seconds at most: what comes meanwhile is
 *  summed up in the next.
 *  @param say puts a text into the live region; empty, clears it. @param later runs something after a time. */
export function createAnnouncements(
  say: (text: string) => void,
  later: (run: () => void, durationMs: number) => void,
): (id: string, text: string) => void {
  const waiting = new Map<string, string>();
  let isQuiet = false;

  function speak(text: string): void {
    isQuiet = text !== "";
    say(text);
    if (isQuiet) later(() => speak(takeWaiting()), QUIET_MS);
  }

  function takeWaiting(): string {
    const texts = [...waiting.values()];
    waiting.clear();
    const last = texts.at(-1) ?? "";
    return texts.length > 1 ? `${texts.length} more messages. The last: ${last}` : last;
  }

  return (id, text) => {
    if (!isQuiet) return speak(text);
    // The newest wording of a notice, in the place of the last one that came.
    waiting.delete(id);
    waiting.set(id, text);
  };
}
