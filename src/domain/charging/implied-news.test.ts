import fc from "fast-check";
import { expect, test } from "vitest";
import { credits } from "../money/credits.ts";
import type { Command, News } from "./command.ts";
import { isImplied, placeAfter, weaveNews } from "./implied-news.ts";
import { authorize, charge, give, report, settle, World } from "./world.fixture.ts";

const commands: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: fc.uuid().map((id) => charge(10, id)) },
  fc.uuid().map((id) => give(credits(9_000n), id)),
  fc.uuid().map((id) => give(credits(-7_000n), id)),
  fc.constantFrom("s", "t").map((id) => authorize(id)),
  fc.tuple(fc.nat(20), fc.nat(200)).map(([seq, seconds]) => report(seq, seconds)),
  fc.constantFrom("s", "t").map((id) => settle(80, id)),
);

/** All news of a history, and what an outbox holds of them from which the oldest entries were erased. */
const histories = fc
  .tuple(fc.array(commands, { maxLength: 40, size: "+1" }), fc.nat(), fc.nat())
  .map(([history, erased, after]) => {
    const world = new World();
    const told: News[] = [];
    for (const command of history) {
      const decision = world.run(command);
      if (decision.kind === "accepted") told.push(...decision.news);
    }
    const all = told.filter((news) => !isImplied(news));
    // The last one always stays.
    const first = Math.min(erased % (all.length + 1), Math.max(all.length - 1, 0));
    return { world, told, all, written: all.slice(first), after: BigInt(after % (told.length + 1)) };
  });

function readAfter(seq: bigint, written: readonly News[], { transactions }: World): readonly News[] {
  const entries = written.map((news) => ({ news }));
  const before = written.filter((news) => news.seq <= seq).at(-1) ?? null;
  const after = entries.filter(({ news }) => news.seq > seq);
  const place = placeAfter(seq, before, after[0]?.news ?? null);
  const posted = transactions.filter((transaction) => transaction.seq > place.postedSeq);
  return weaveNews(place, after, posted, (news) => ({ news })).map(({ news }) => news);
}

function withoutAlerts({ alerts, spendAlerts, ...rest }: News) {
  return rest;
}

test("what is written down and what transactions imply are all the news, in order and as they were told", () => {
  fc.assert(
    fc.property(histories, ({ world, told, all, after }) => {
      expect(readAfter(after, all, world)).toEqual(told.slice(Number(after)));
    }),
  );
});

test("of news whose beginning is erased the rest is told, from one on that comes no later than the first written", () => {
  fc.assert(
    fc.property(histories, ({ world, told, written, after }) => {
      const read = readAfter(after, written, world);
      // A charge that is told of by its transaction alone is told of without the alert that it once brought.
      expect(read.map(withoutAlerts)).toEqual(told.slice(told.length - read.length).map(withoutAlerts));
      const [first] = written;
      if (first === undefined || first.seq > after) return;
      expect(read).toHaveLength(told.length - Number(after));
    }),
  );
});

test("news that erased entries told of are not told as if they were charges", () => {
  const world = new World();
  for (const id of ["a", "b"]) world.run(give(credits(90_000n), id));
  world.run(charge(10, "c"));
  const last = world.run(give(credits(1n), "d"));
  const written = last.kind === "accepted" ? last.news : [];
  expect(readAfter(0n, written, world).map(({ seq }) => seq)).toEqual([3n, 4n]);
});
