import { afterEach, expect, test, vi } from "vitest";
import type { LiveMessage, Sink } from "./channel.ts";
import { createLiveHub, type HubSettings, type LiveHub } from "./hub.ts";

const hubs: LiveHub[] = [];
afterEach(() => {
  for (const hub of hubs.splice(0)) hub.stop();
});

const ACME = "org_acme";

/** An outbox in memory whose reads take a turn of the event loop, and fail when told to. */
function createOutbox() {
  const entries: LiveMessage[] = [];
  const outbox = {
    failures: 0,
    reads: 0,
    pageMax: 5,
    lastSeq: () => BigInt(entries.length),
    write(count: number) {
      for (let added = 0; added < count; added++) {
        const seq = BigInt(entries.length + 1);
        entries.push({ seq, text: String(seq) });
      }
    },
    forget(upTo: number) {
      for (let index = 0; index < upTo; index++) delete entries[index];
    },
    async read(_organizationId: string, afterSeq: bigint) {
      outbox.reads += 1;
      const page = entries.slice(Number(afterSeq)).filter(Boolean).slice(0, outbox.pageMax);
      await new Promise(setImmediate);
      if (outbox.failures > 0) {
        outbox.failures -= 1;
        throw new Error("the database is away");
      }
      return page;
    },
    lastSeqs: async (ids: readonly string[]) => new Map(ids.map((id) => [id, outbox.lastSeq()])),
  };
  return outbox;
}

function createSink() {
  const sink = {
    received: [] as number[],
    closed: null as { code: number; reason: string } | null,
    buffered: 0,
    release: () => {},
    send: (text: string) => void sink.received.push(Number(text)),
    bufferedBytes: () => sink.buffered,
    flushed: () => new Promise<void>((resolve) => (sink.release = resolve)),
    close: (code: number, reason: string) => (sink.closed = { code, reason }),
  };
  return sink satisfies Sink;
}

function start(outbox: ReturnType<typeof createOutbox>, settings: Partial<HubSettings> = {}) {
  const onFault = vi.fn();
  const hub = createLiveHub(outbox, { pollMs: 5, onFault, ...settings });
  hubs.push(hub);
  const join = (afterSeq: number | null = null) => {
    const sink = createSink();
    const leave = hub.subscribe({
      organizationId: ACME,
      afterSeq: afterSeq === null ? null : BigInt(afterSeq),
      lastSeq: outbox.lastSeq(),
      sink,
    });
    return { sink, leave };
  };
  return { hub, join, onFault };
}

const upTo = (last: number, first = 1) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

test("without a number only news from now on is sent, over several pages", async () => {
  const outbox = createOutbox();
  outbox.write(3);
  const { hub, join } = start(outbox, { pollMs: 60_000 });
  const { sink } = join();
  outbox.write(12);
  hub.wake([ACME]);
  await expect.poll(() => sink.received).toEqual(upTo(15, 4));
});

test("a number resumes after it, while news go on, without gap or duplicate", async () => {
  const outbox = createOutbox();
  outbox.write(40);
  const { hub, join } = start(outbox, { pollMs: 60_000 });
  const live = join();
  const late = join(7);
  for (let round = 0; round < 20; round++) {
    outbox.write(1);
    hub.wake([ACME]);
    await new Promise(setImmediate);
  }
  await expect.poll(() => live.sink.received).toEqual(upTo(60, 41));
  await expect.poll(() => late.sink.received).toEqual(upTo(60, 8));
});

test("news that nobody told of is found by the poll", async () => {
  const outbox = createOutbox();
  const { sink } = start(outbox).join();
  outbox.write(2);
  await expect.poll(() => sink.received).toEqual([1, 2]);
});

test("reads that fail are tried again and leave no gap", async () => {
  const outbox = createOutbox();
  outbox.write(20);
  outbox.failures = 4;
  const { hub, join, onFault } = start(outbox);
  const resumed = join(0);
  const live = join();
  outbox.write(10);
  hub.wake([ACME]);
  await expect.poll(() => resumed.sink.received).toEqual(upTo(30));
  await expect.poll(() => live.sink.received).toEqual(upTo(30, 21));
  expect(onFault).toHaveBeenCalledTimes(4);
});

test("a client with more than a mebibyte unsent is closed with 1013 and the others go on", async () => {
  const outbox = createOutbox();
  const { hub, join } = start(outbox);
  const slow = join();
  const quick = join();
  slow.sink.buffered = 1_048_577;
  outbox.write(1);
  hub.wake([ACME]);
  await expect.poll(() => quick.sink.received).toEqual([1]);
  expect(slow.sink.closed).toEqual({ code: 1013, reason: "resume with after_seq" });
  expect(slow.sink.received).toEqual([]);
});

test("a client that catches up is read for only as fast as it takes what it is sent", async () => {
  const outbox = createOutbox();
  outbox.write(50);
  const { sink } = start(outbox).join(0);
  sink.buffered = 300_000;
  await expect.poll(() => sink.received).toEqual([1]);
  sink.release();
  await expect.poll(() => sink.received).toEqual([1, 2]);
  sink.buffered = 0;
  sink.release();
  await expect.poll(() => sink.received).toEqual(upTo(50));
  expect(sink.closed).toBeNull();
});

test("a number whose news are gone, or that was never given out, closes with 4410", async () => {
  const outbox = createOutbox();
  outbox.write(10);
  outbox.forget(5);
  const { join } = start(outbox);
  const gone = join(2);
  const kept = join(5);
  const unknown = join(11);
  await expect.poll(() => gone.sink.closed?.code).toBe(4410);
  expect(unknown.sink.closed?.code).toBe(4410);
  await expect.poll(() => kept.sink.received).toEqual(upTo(10, 6));
});

test("an organization has at most so many subscribers, and one that leaves makes room", () => {
  const { hub, join } = start(createOutbox(), { connectionsMax: 2 });
  const first = join();
  join();
  expect(hub.isFull(ACME)).toBe(true);
  expect(join().sink.closed?.code).toBe(1013);
  first.leave();
  first.leave();
  expect(hub.isFull(ACME)).toBe(false);
  expect(join().sink.closed).toBeNull();
});

test("nothing is read for organizations that nobody listens to", async () => {
  const outbox = createOutbox();
  const { hub, join } = start(outbox, { pollMs: 60_000 });
  join().leave();
  await new Promise(setImmediate);
  const { reads } = outbox;
  hub.wake([ACME, "org_other"]);
  await new Promise(setImmediate);
  expect(outbox.reads).toBe(reads);
});

test("stopping closes everyone with 1001 and takes no one more", () => {
  const { hub, join } = start(createOutbox());
  const open = join();
  hub.stop();
  expect(open.sink.closed?.code).toBe(1001);
  expect(join().sink.closed?.code).toBe(1001);
});
