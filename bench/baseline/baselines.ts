import type { BenchServer } from "../machine/postgres.ts";
import type { Plan } from "../options.ts";
import { prepareTpcb, type Tpcb } from "./tpcb.ts";
import { prepareUsualTransaction, type UsualTransaction } from "./usual-transaction.ts";

/** What everything is measured beside; each is prepared when it is first asked for, and used by all groups. */
export type Baselines = {
  tpcb(): Promise<Tpcb>;
  usual(): Promise<UsualTransaction>;
  close(): Promise<void>;
};

export function createBaselines(server: BenchServer, plan: Plan): Baselines {
  let tpcb: Promise<Tpcb> | null = null;
  let usual: Promise<UsualTransaction> | null = null;
  return {
    tpcb() {
      tpcb ??= server
        .createDatabase("tpcb", "empty")
        .then((database) => prepareTpcb(database, plan.tpcbScale));
      return tpcb;
    },
    usual() {
      usual ??= server
        .createDatabase("usual", "empty")
        .then((database) => prepareUsualTransaction(database, plan.organizations));
      return usual;
    },
    async close() {
      await (await usual)?.close();
    },
  };
}
