import { usualPeak } from "../baseline/usual-transaction.ts";
import type { BenchContext } from "../context.ts";
import { type Figure, figureOf, plainFigure } from "../figure.ts";
import { measureRounds, pairsOf, type Rounds } from "../load/rounds.ts";
import { auditBooks, openApplication } from "./application.ts";
import { createEngineLoad } from "./engine-load.ts";

/** The posting engine at its peak beside TPC-B and the usual transaction, then the books of all of it verified. */
export async function measureEngine(context: BenchContext): Promise<Figure[]> {
  const { plan, server, baselines, progress } = context;
  progress("engine: preparing");
  const [tpcb, usual] = [await baselines.tpcb(), await baselines.usual()];
  const database = await server.createDatabase("engine", "airtime");
  const application = await openApplication(database, plan.organizations);
  const load = createEngineLoad(application);
  const seconds = plan.runSeconds;
  await Promise.all([
    load.charges("spread", plan.warmUpSeconds),
    load.sessions("spread", plan.warmUpSeconds),
  ]);
  await usualPeak(usual, "spread", plan.warmUpSeconds);

  const rounds = await measureRounds(context, {
    tpcb: () => tpcb.measure(plan.tpcbSeconds),
    "usual spread": () => usualPeak(usual, "spread", seconds),
    "charge spread": () => load.charges("spread", seconds),
    "session spread": () => load.sessions("spread", seconds),
    "usual hot": () => usualPeak(usual, "hot", seconds),
    "charge hot": () => load.charges("hot", seconds),
    "session hot": () => load.sessions("hot", seconds),
  });

  await application.close();
  await usual.audit();
  progress("engine: verifying the books");
  const audit = await auditBooks(database, {
    organizations: plan.organizations,
    postings: load.postings(),
  });
  await server.dropDatabase(database);
  return [...engineFigures(rounds, tpcb.name), verifyFigure(audit)];
}

function verifyFigure({ transactions, seconds }: { transactions: number; seconds: number }): Figure {
  return plainFigure({
    name: "verify.rate",
    value: transactions / seconds,
    unit: "transactions/s",
    bar: { of: "value", least: 100_000 },
    note: `${transactions.toLocaleString("en")} transactions of these runs, their sessions and ids with them`,
  });
}

type RunName =
  | "tpcb"
  | "usual spread"
  | "usual hot"
  | "charge spread"
  | "charge hot"
  | "session spread"
  | "session hot";

function engineFigures(rounds: Rounds<RunName>, tpcbName: string): Figure[] {
  const row = (
    name: string,
    unit: string,
    [value, baseline]: readonly [RunName, RunName],
    least: number,
  ): Figure =>
    figureOf({
      name,
      unit,
      baselineName: baseline === "tpcb" ? tpcbName : `the usual transaction, ${baseline.split(" ")[1]}`,
      rounds: pairsOf(rounds, value, baseline),
      bar: { of: "ratio", least },
    });
  return [
    row("engine.charge.spread/tpcb", "charges/s", ["charge spread", "tpcb"], 17),
    row("engine.charge.spread/usual", "charges/s", ["charge spread", "usual spread"], 12),
    row("engine.charge.hot/usual", "charges/s", ["charge hot", "usual hot"], 40),
    row("engine.session.spread/tpcb", "commands/s", ["session spread", "tpcb"], 15),
    row("engine.session.hot/usual", "commands/s", ["session hot", "usual hot"], 40),
  ];
}
