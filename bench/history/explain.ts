import type pg from "pg";
import type { Reading } from "./readings.ts";

/** What PostgreSQL does for one statement of a reading. */
export type Explained = {
  /** Of its execution in the database, without the way there and back. */
  readonly ms: number;
  /** Each access to a table, in the order of the plan: "Index Scan using transaction_pkey", "Seq Scan on organization". */
  readonly accesses: readonly string[];
  /** Blocks of 8 kB that it looked at. */
  readonly blocks: number;
};

/** Runs a reading once, then has every statement that it sent explained with the same parameters. */
export async function explainReading(pool: pg.Pool, reading: Reading): Promise<Explained[]> {
  const sent: Statement[] = [];
  await reading.read(recording(pool, sent));
  const explained: Explained[] = [];
  for (const { text, values } of sent) {
    const { rows } = await pool.query(`explain (analyze, buffers, format json) ${text}`, [...values]);
    explained.push(readPlan(rows[0]["QUERY PLAN"]));
  }
  return explained;
}

type Statement = { readonly text: string; readonly values: readonly unknown[] };

/** The pool, and a note of every statement that goes through it. */
function recording(pool: pg.Pool, sent: Statement[]): pg.Pool {
  return new Proxy(pool, {
    get(target, name) {
      if (name !== "query") return Reflect.get(target, name);
      return (statement: string | Statement, values?: readonly unknown[]) => {
        const text = typeof statement === "string" ? statement : statement.text;
        const all = typeof statement === "string" ? values : statement.values;
        sent.push({ text, values: all ?? [] });
        return target.query(text, [...(all ?? [])]);
      };
    },
  });
}

/** A node of PostgreSQL's plan in JSON, as far as it is looked at. */
type PlanNode = {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Index Name"?: string;
  readonly "Shared Hit Blocks"?: number;
  readonly "Shared Read Blocks"?: number;
  readonly Plans?: readonly PlanNode[];
};

function readPlan([plan]: readonly { Plan: PlanNode; "Execution Time": number }[]): Explained {
  if (plan === undefined) throw new Error("nothing was explained");
  const { Plan: root } = plan;
  return {
    ms: plan["Execution Time"],
    accesses: accessesOf(root),
    blocks: (root["Shared Hit Blocks"] ?? 0) + (root["Shared Read Blocks"] ?? 0),
  };
}

function accessesOf(node: PlanNode): string[] {
  const relation = node["Relation Name"];
  const index = node["Index Name"];
  const own =
    index !== undefined
      ? [`${node["Node Type"]} using ${index}`]
      : relation !== undefined
        ? [`${node["Node Type"]} on ${relation}`]
        : [];
  return [...own, ...(node.Plans ?? []).flatMap(accessesOf)];
}
