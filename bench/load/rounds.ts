import type { BenchContext } from "../context.ts";
import type { Pair } from "../statistics.ts";

/** What each run of each round measured, by the run's name. */
export type Rounds<Name extends string> = ReadonlyMap<Name, readonly number[]>;

/** Measures every run once a round, one after the other, so that what disturbs the machine for a while disturbs a figure
 *  and its baseline alike. One checkpoint comes before all of them: after one each page that is changed goes into the WAL
 *  whole once, and runs of a second would consist of that (docs/decisions/0005-speed.md). */
export async function measureRounds<Name extends string>(
  { plan, server, progress }: BenchContext,
  runs: Readonly<Record<Name, () => Promise<number>>>,
): Promise<Rounds<Name>> {
  const measured = new Map<Name, number[]>();
  await server.checkpoint();
  for (let round = 1; round <= plan.rounds; round += 1) {
    for (const name of namesOf(runs)) {
      const value = await runs[name]();
      progress(`round ${round}/${plan.rounds}  ${name}: ${Math.round(value).toLocaleString("en")}`);
      measured.set(name, [...(measured.get(name) ?? []), value]);
    }
  }
  return measured;
}

/** A run's values beside those of another in the same rounds. */
export function pairsOf<Name extends string>(rounds: Rounds<Name>, value: Name, baseline: Name): Pair[] {
  const baselines = rounds.get(baseline) ?? [];
  return (rounds.get(value) ?? []).flatMap((measured, round) => {
    const beside = baselines[round];
    return beside === undefined ? [] : [{ value: measured, baseline: beside }];
  });
}

function namesOf<Name extends string>(runs: Readonly<Record<Name, unknown>>): Name[] {
  // Object.keys gives plain text, whatever the record's keys are.
  return Object.keys(runs) as Name[];
}
