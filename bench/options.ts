import { parseArgs } from "node:util";

/** How much is measured. Every duration is of one run; a figure takes one run a round. */
export type Plan = {
  readonly name: "full" | "quick" | "smoke";
  /** Odd, so that the median of the rounds is a round. */
  readonly rounds: number;
  readonly tpcbSeconds: number;
  readonly tpcbScale: number;
  readonly runSeconds: number;
  /** Before the first round: code that has just been loaded is slow, and so are pages that nobody has touched yet. */
  readonly warmUpSeconds: number;
  readonly latencySeconds: number;
  /** Shares of the peak at which latencies are taken; 0.5 is one of them. */
  readonly latencyShares: readonly number[];
  readonly organizations: number;
  readonly httpOrganizations: number;
  readonly historyRows: number;
  /** Organizations of a few transactions each, in the same tables as the large history. */
  readonly historyOrganizations: number;
  /** How often each of them is read. */
  readonly readings: number;
  /** Organizations at once in the scale group. */
  readonly manyOrganizations: number;
  /** Pages that are open and hear nothing. */
  readonly idleStreams: number;
};

/** The last one takes minutes, and the contract does not ask for it: it is measured in a full run, or when named. */
export const GROUPS = ["engine", "http", "latency", "history", "scale"] as const;
export type Group = (typeof GROUPS)[number];

export type Options = {
  readonly plan: Plan;
  readonly groups: readonly Group[];
  readonly json: boolean;
};

export type ParsedOptions =
  | { readonly kind: "run"; readonly options: Options }
  | { readonly kind: "help" }
  | { readonly kind: "refused"; readonly message: string };

export const USAGE = `npm run bench -- [options]      (figures and their bars: docs/capacity.md)

  --quick          under two minutes: shorter runs, a history of 1 million rows instead of 10 million
  --json           the figures as JSON on standard output
  --only LIST      some of: ${GROUPS.join(", ")}; separated by commas
  --smoke          the tiniest run, to see that the bench works; its figures mean nothing
  --help           this text

DATABASE_URL names another PostgreSQL than the embedded one. Its user must be allowed to create databases: the bench
works in databases of its own and drops them.`;

const PLANS = {
  full: {
    name: "full",
    rounds: 3,
    tpcbSeconds: 5,
    tpcbScale: 10,
    runSeconds: 3,
    warmUpSeconds: 3,
    latencySeconds: 4,
    latencyShares: [0.1, 0.5, 0.8],
    organizations: 10_000,
    httpOrganizations: 1_000,
    historyRows: 10_000_000,
    historyOrganizations: 100_000,
    readings: 200,
    manyOrganizations: 100_000,
    idleStreams: 5_000,
  },
  quick: {
    name: "quick",
    rounds: 3,
    tpcbSeconds: 2,
    tpcbScale: 10,
    runSeconds: 0.8,
    warmUpSeconds: 3,
    latencySeconds: 1,
    latencyShares: [0.5],
    organizations: 10_000,
    httpOrganizations: 1_000,
    historyRows: 1_000_000,
    historyOrganizations: 4_000,
    readings: 200,
    manyOrganizations: 20_000,
    idleStreams: 2_000,
  },
  smoke: {
    name: "smoke",
    rounds: 1,
    tpcbSeconds: 1,
    tpcbScale: 1,
    runSeconds: 0.3,
    warmUpSeconds: 0.05,
    latencySeconds: 0.5,
    latencyShares: [0.5],
    organizations: 50,
    httpOrganizations: 10,
    historyRows: 5_000,
    historyOrganizations: 10,
    readings: 10,
    manyOrganizations: 100,
    idleStreams: 20,
  },
} satisfies Record<Plan["name"], Plan>;

/** Reads the command line. @param words what stands after `--`. */
export function parseOptions(words: readonly string[]): ParsedOptions {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        quick: { type: "boolean", default: false },
        smoke: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
        only: { type: "string" },
      },
    });
    if (values.help) return { kind: "help" };
    const plan = values.smoke ? PLANS.smoke : values.quick ? PLANS.quick : PLANS.full;
    const names =
      values.only?.split(",") ?? GROUPS.filter((group) => group !== "scale" || plan === PLANS.full);
    const groups = GROUPS.filter((group) => names.includes(group));
    if (groups.length !== names.length) {
      return { kind: "refused", message: `--only takes some of ${GROUPS.join(", ")}.` };
    }
    return { kind: "run", options: { plan, groups, json: values.json } };
  } catch (error) {
    return { kind: "refused", message: error instanceof Error ? error.message : String(error) };
  }
}
