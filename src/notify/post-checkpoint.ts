/** Posts checkpoints to an archive elsewhere, in their order; one that was not taken is tried again with the next.
 *  @returns a function that takes one more and resolves when all were taken. */
export function createCheckpointPost(url: string): (text: string) => Promise<void> {
  const waiting: string[] = [];
  return async (text) => {
    waiting.push(text);
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      await postOne(url, next);
      waiting.shift();
    }
  };
}

const TIMEOUT_MS = 10_000;

async function postOne(url: string, body: string): Promise<void> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/jsonl" },
    body,
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`the archive of checkpoints answered ${answer.status}`);
}
