import type { SessionSubject } from "../../domain/charging/session.ts";
import { type Credits, credits } from "../../domain/money/credits.ts";
import { type PriceBook, pinnedPrices } from "../../domain/pricing/price-book.ts";
import {
  type AppliedRates,
  type PricedSubject,
  ratesFor,
  type Usage,
} from "../../domain/pricing/rate-usage.ts";
import { splitByComponent } from "../../domain/pricing/split-by-component.ts";
import type { UsageFact } from "../../domain/usage/usage-sums.ts";
import type { OrganizationDatabase } from "../organization-database.ts";

/** Usage transactions after one, at most `limit`, in their order, with the number of the last. */
export async function readUsageFacts(
  database: OrganizationDatabase,
  { after, limit, prices }: { readonly after: bigint; readonly limit: number; readonly prices: PriceBook },
): Promise<{ facts: UsageFact[]; last: bigint }> {
  const { rows } = await database.query<FactRow>({
    name: "usage_facts",
    text: FACTS,
    values: [database.organizationId, after, limit],
  });
  const ratesOf = createRatesReader(prices);
  return { facts: rows.map((row) => factFrom(row, ratesOf)), last: rows.at(-1)?.type_seq ?? after };
}

// Whom usage counts for is what spend limits go by (spending.ts): a session's is whoever opened it, whoever ends it.
const FACTS = `select t.type_seq, date_trunc('hour', t.recorded_at, 'UTC') as hour, -t.amount as amount, t.metadata,
    k.actor ->> 'id' as actor_id, k.actor ->> 'name' as actor_name,
    case when t.session_id is null then t.metadata ->> 'user_id' else s.user_id end as user_id,
    coalesce(s.price_version, (t.metadata ->> 'price_version')::int) as price_version,
    coalesce(s.override_version, (t.metadata ->> 'override_version')::int) as override_version,
    s.llm_model, s.stt_provider, s.tts_provider, s.realtime_model
  from transaction t left join session s on s.org_id = t.org_id and s.id = t.session_id
  cross join lateral (select case when t.session_id is null then t.actor else s.started_by end) as k (actor)
  where t.org_id = $1 and t.type = 'consumption' and t.type_seq > $2 order by t.type_seq limit $3`;

type FactRow = {
  type_seq: bigint;
  hour: Date;
  amount: bigint;
  metadata: Record<string, unknown>;
  actor_id: string | null;
  actor_name: string | null;
  user_id: string | null;
  price_version: number;
  override_version: number | null;
  llm_model: string | null;
  stt_provider: string | null;
  tts_provider: string | null;
  realtime_model: string | null;
};

function factFrom(row: FactRow, ratesOf: RatesOf): UsageFact {
  const { metadata } = row;
  const text = (value: unknown) => (typeof value === "string" ? value : null);
  const usage: Usage = {
    durationMs: BigInt(Math.round(Number(metadata.duration_seconds ?? 0) * 1000)),
    messages: BigInt(Number(metadata.messages ?? 0)),
    units: BigInt(Number(metadata.units ?? 0)),
  };
  return {
    hour: row.hour.getTime(),
    amount: credits(row.amount),
    usage,
    members: {
      agent: { id: text(metadata.agent_id) ?? "", name: text(metadata.agent_name) },
      architecture: { id: text(metadata.architecture) ?? "", name: null },
      api_key: { id: row.actor_id ?? "", name: row.actor_name },
      user: { id: row.user_id ?? "", name: null },
    },
    components: componentsOf(row, usage, ratesOf),
  };
}

/** What each component cost is rated again from what was used: the ledger has only the sum. */
function componentsOf(row: FactRow, usage: Usage, ratesOf: RatesOf): Iterable<[string, Credits]> {
  const rates = ratesOf(row);
  const amount = credits(row.amount);
  return rates === null ? [["base", amount]] : splitByComponent(amount, usage, rates);
}

type RatesOf = (row: FactRow) => AppliedRates | null;

/** Remembers the rates it found: choosing them costs more than all else, and a page has a few kinds of usage. */
function createRatesReader(prices: PriceBook): RatesOf {
  const known = new Map<string, AppliedRates | null>();
  return (row) => {
    const { architecture, session_type, key_mode } = row.metadata;
    const models = [row.llm_model, row.stt_provider, row.tts_provider, row.realtime_model];
    const pinned = [row.price_version, row.override_version];
    const key = JSON.stringify([architecture, session_type, key_mode, models, pinned]);
    const found = known.get(key);
    if (found !== undefined) return found;
    const rates = ratesFor(subjectOf(row), pinnedPrices(prices, pinnedIn(row)));
    known.set(key, rates);
    return rates;
  };
}

const pinnedIn = (row: FactRow) => ({
  priceVersion: row.price_version,
  overrideVersion: row.override_version,
});

function subjectOf(row: FactRow): PricedSubject {
  const { metadata } = row;
  return {
    // Written by describe.ts, which puts the subject's own values there.
    architecture: metadata.architecture as SessionSubject["architecture"],
    sessionType: metadata.session_type as SessionSubject["sessionType"],
    keyMode: metadata.key_mode as SessionSubject["keyMode"],
    llmModel: row.llm_model,
    sttProvider: row.stt_provider,
    ttsProvider: row.tts_provider,
    realtimeModel: row.realtime_model,
  };
}
