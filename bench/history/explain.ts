import type { QueryConfig } from "pg";
import type { OrganizationDatabases } from "../../src/storage/organization-database.ts";
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

/** Runs a reading once, then has every statement that it sent explained with the same parameters, as the organization
 *  that it was sent for. */
export async function explainReading(
  databases: OrganizationDatabases,
  reading: Reading,
): Promise<Explained[]> {
  const sent: Statement[] = [];
  await reading.read(recording(databases, sent));
  const explained: Explained[] = [];
  for (const { organizationId, text, values } of sent) {
    const database = databases.of(organizationId);
    const { rows } = await database.query(`explain (analyze, buffers, format json) ${text}`, values);
    explained.push(readPlan(rows[0]["QUERY PLAN"]));
  }
  return explained;
}

type Statement = {
  readonly organizationId: string;
  readonly text: string;
  readonly values: readonly unknown[];
};

/** The databases, and a note of every statement that goes to one. */
function recording(databases: OrganizationDatabases, sent: Statement[]): OrganizationDatabases {
  return {
    ...databases,
    of(organizationId) {
      const database = databases.of(organizationId);
      return {
        organizationId,
        query(statement, values) {
          const config: QueryConfig = typeof statement === "string" ? { text: statement } : statement;
          const all = values ?? config.values ?? [];
          sent.push({ organizationId, text: config.text, values: all });
          return database.query(config.text, all);
        },
      };
    },
  };
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
