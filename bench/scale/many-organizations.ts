import { usualPeak } from "../baseline/usual-transaction.ts";
import type { BenchContext } from "../context.ts";
import { auditBooks, openApplication } from "../engine/application.ts";
import { createEngineLoad } from "../engine/engine-load.ts";
import { type Figure, figureOf } from "../figure.ts";
import { measureRounds, pairsOf } from "../load/rounds.ts";

/** The engine's charges over many more organizations than are active at once in practice: nearly every command finds an
 *  account that no other one of its batch has. */
export async function measureManyOrganizations(context: BenchContext): Promise<Figure[]> {
  const { plan, server, baselines, progress } = context;
  progress(`scale: opening ${plan.manyOrganizations.toLocaleString("en")} accounts`);
  const usual = await baselines.usual();
  const database = await server.createDatabase("many", "airtime");
  const application = await openApplication(database, plan.manyOrganizations);
  const load = createEngineLoad(application);
  const rounds = await measureRounds(context, {
    "usual spread": () => usualPeak(usual, "spread", plan.runSeconds),
    "charge many": () => load.charges("spread", plan.runSeconds),
  });
  await application.close();
  await auditBooks(database, { organizations: plan.manyOrganizations, postings: load.postings() });
  await server.dropDatabase(database);
  return [
    figureOf({
      name: "scale.charge.many_organizations/usual",
      unit: "charges/s",
      baselineName: `the usual transaction over ${plan.organizations.toLocaleString("en")} organizations`,
      rounds: pairsOf(rounds, "charge many", "usual spread"),
      note: `${plan.manyOrganizations.toLocaleString("en")} organizations`,
    }),
  ];
}
