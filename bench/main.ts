import { createBaselines } from "./baseline/baselines.ts";
import type { BenchContext } from "./context.ts";
import { measureEngine } from "./engine/engine-figures.ts";
import type { Figure } from "./figure.ts";
import { measureHistory } from "./history/history-figures.ts";
import { measureHttp } from "./http/http-figures.ts";
import { measureLatency } from "./latency/latency-figures.ts";
import { describeMachine } from "./machine/machine.ts";
import { openBenchServer } from "./machine/postgres.ts";
import { type Group, type Options, parseOptions, USAGE } from "./options.ts";
import { reportAsJson, reportAsText } from "./report.ts";
import { measureScale } from "./scale/scale-figures.ts";

/** `npm run bench`. Exit codes: 0 measured, and every audit agreed; 1 something failed; 2 wrong usage. A missed bar is
 *  a figure, not a failure. */
const GROUPS = {
  engine: measureEngine,
  http: measureHttp,
  latency: measureLatency,
  history: measureHistory,
  scale: measureScale,
} satisfies Record<Group, (context: BenchContext) => Promise<Figure[]>>;

const parsed = parseOptions(process.argv.slice(2));
if (parsed.kind === "help") console.log(USAGE);
else if (parsed.kind === "refused") {
  console.error(`${parsed.message}\n\n${USAGE}`);
  process.exitCode = 2;
} else {
  // An interrupted run takes its processes with it: each of them is ended when this one exits.
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
  await run(parsed.options).catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}

async function run({ plan, groups, json }: Options): Promise<void> {
  const startedAt = performance.now();
  const progress = (text: string) => {
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    console.error(`${String(seconds).padStart(4)} s  ${text}`);
  };
  progress("starting PostgreSQL");
  const server = await openBenchServer(process.env.DATABASE_URL);
  const baselines = createBaselines(server, plan);
  try {
    const machine = await describeMachine(server);
    const figures: Figure[] = [];
    for (const group of groups) figures.push(...(await GROUPS[group]({ plan, server, baselines, progress })));
    const report = { plan, machine, figures };
    console.log(json ? reportAsJson(report) : reportAsText(report));
  } finally {
    await baselines.close();
    await server.stop();
  }
}
