import type pg from "pg";
import type { SessionSubject } from "../../domain/charging/session.ts";
import { type Credits, credits } from "../../domain/money/credits.ts";
import { type PriceBook, pinnedPrices } from "../../domain/pricing/price-book.ts";
import { ratesFor, type Usage } from "../../domain/pricing/rate-usage.ts";
import { splitByComponent } from "../../domain/pricing/split-by-component.ts";

/** Usage summed by interval and group, from the ledger itself. */

export type SeriesRequest = {
  readonly organizationId: string;
  /** Epoch ms, [from, until). */
  readonly from: number;
  readonly until: number;
  readonly interval: "hour" | "day";
  readonly groupBy: "agent" | "architecture" | "api_key" | "component";
};

export type SeriesPoint = {
  /** Start of the interval, epoch ms. */
  readonly from: number;
  readonly group: string;
  readonly name: string | null;
  readonly amount: Credits;
  readonly sessions: number;
  readonly durationMs: bigint;
  readonly messages: bigint;
  readonly units: bigint;
};

const GROUPS = {
  agent: { group: "t.metadata ->> 'agent_id'", name: "max(t.metadata ->> 'agent_name')" },
  architecture: { group: "t.metadata ->> 'architecture'", name: "null::text" },
  api_key: { group: "t.actor ->> 'id'", name: "max(t.actor ->> 'name')" },
} as const;

const IN_PERIOD = `t.org_id = $1 and t.type = 'consumption'
  and t.recorded_at >= to_timestamp($2 / 1000.0) and t.recorded_at < to_timestamp($3 / 1000.0)`;

export function usageSeries(
  pool: pg.Pool,
  request: SeriesRequest,
  prices: PriceBook,
): Promise<SeriesPoint[]> {
  const { groupBy } = request;
  return groupBy === "component"
    ? byComponent(pool, request, prices)
    : byGroup(pool, request, GROUPS[groupBy]);
}

async function byGroup(
  pool: pg.Pool,
  { organizationId, from, until, interval }: SeriesRequest,
  { group, name }: { group: string; name: string },
): Promise<SeriesPoint[]> {
  const { rows } = await pool.query(
    `select date_trunc($4, t.recorded_at, 'UTC') as start, coalesce(${group}, '') as grouped, ${name} as name,
       sum(-t.amount)::bigint as amount, count(*)::int as sessions,
       coalesce(sum((t.metadata ->> 'duration_seconds')::numeric * 1000), 0)::bigint as duration_ms,
       coalesce(sum((t.metadata ->> 'messages')::numeric), 0)::bigint as messages,
       coalesce(sum((t.metadata ->> 'units')::numeric), 0)::bigint as units
     from transaction t where ${IN_PERIOD} group by 1, 2 order by 1, 2`,
    [organizationId, from, until, interval],
  );
  return rows.map((row) => ({
    from: row.start.getTime(),
    group: row.grouped,
    name: row.name,
    amount: credits(row.amount),
    sessions: row.sessions,
    durationMs: row.duration_ms,
    messages: row.messages,
    units: row.units,
  }));
}

type ComponentRow = {
  start: Date;
  amount: bigint;
  metadata: Record<string, unknown>;
  price_version: number;
  override_version: number | null;
  llm_model: string | null;
  stt_provider: string | null;
  tts_provider: string | null;
  realtime_model: string | null;
};

/** What each component cost is rated again from what was used: the ledger has only the sums. */
async function byComponent(
  pool: pg.Pool,
  { organizationId, from, until, interval }: SeriesRequest,
  prices: PriceBook,
): Promise<SeriesPoint[]> {
  const { rows } = await pool.query<ComponentRow>(
    `select date_trunc($4, t.recorded_at, 'UTC') as start, -t.amount as amount, t.metadata,
       coalesce(s.price_version, (t.metadata ->> 'price_version')::int) as price_version,
       coalesce(s.override_version, (t.metadata ->> 'override_version')::int) as override_version,
       s.llm_model, s.stt_provider, s.tts_provider, s.realtime_model
     from transaction t left join session s on s.org_id = t.org_id and s.id = t.session_id
     where ${IN_PERIOD} order by t.seq`,
    [organizationId, from, until, interval],
  );
  const points = new Map<string, SeriesPoint>();
  for (const row of rows) {
    for (const [component, amount] of partsOf(row, prices)) {
      const start = row.start.getTime();
      const key = `${start}/${component}`;
      const { amount: before = 0n } = points.get(key) ?? {};
      points.set(key, { ...EMPTY, from: start, group: component, amount: credits(before + amount) });
    }
  }
  return [...points.values()];
}

const EMPTY = { name: null, sessions: 0, durationMs: 0n, messages: 0n, units: 0n };

function partsOf(row: ComponentRow, prices: PriceBook): Iterable<[string, Credits]> {
  const { metadata } = row;
  const subject = {
    // Written by describe.ts, which puts the subject's own values there.
    architecture: metadata.architecture as SessionSubject["architecture"],
    sessionType: metadata.session_type as SessionSubject["sessionType"],
    keyMode: metadata.key_mode as SessionSubject["keyMode"],
    llmModel: row.llm_model,
    sttProvider: row.stt_provider,
    ttsProvider: row.tts_provider,
    realtimeModel: row.realtime_model,
  };
  const pinned = { priceVersion: row.price_version, overrideVersion: row.override_version };
  const rates = ratesFor(subject, pinnedPrices(prices, pinned));
  const usage: Usage = {
    durationMs: BigInt(Math.round(Number(metadata.duration_seconds ?? 0) * 1000)),
    messages: BigInt(Number(metadata.messages ?? 0)),
    units: BigInt(Number(metadata.units ?? 0)),
  };
  return rates === null
    ? [["base", credits(row.amount)]]
    : splitByComponent(credits(row.amount), usage, rates);
}
