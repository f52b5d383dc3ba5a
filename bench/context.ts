import type { Baselines } from "./baseline/baselines.ts";
import type { BenchServer } from "./machine/postgres.ts";
import type { Plan } from "./options.ts";

/** What every group of figures is measured with. */
export type BenchContext = {
  readonly plan: Plan;
  readonly server: BenchServer;
  readonly baselines: Baselines;
  /** Tells how far it is, on standard error. */
  readonly progress: (text: string) => void;
};
