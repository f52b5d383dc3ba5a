import type { Command } from "../../domain/charging/command.ts";
import { credits } from "../../domain/money/credits.ts";
import {
  inOrder,
  periodStartOf,
  type SpendKey,
  type SpendMeter,
  spendKeyOf,
} from "../../domain/policy/spend-limit.ts";
import { NEWEST_SEQ, RUNNING_HOLDS, SPENT_IN, spenderKey } from "../spending.ts";
import { binaryArray } from "../wire/binary-array.ts";
import type { WireSession, WireStatement } from "../wire/session.ts";
import type { Wanted } from "./load.ts";
import { SPEND_LIMIT_COLUMNS, spendLimitFromRow } from "./spend-limit-rows.ts";
import type { WorkingSet } from "./working-set.ts";

const LIMITS = `select ${SPEND_LIMIT_COLUMNS} from spend_limit where org_id = any($1::text[])`;

/** Loads the spend limits of the batch's organizations that have any, and what was used so far under those that a command
 *  sets. One network sync more, and none for a batch without limits: only the locked account says whether there are some. */
export async function loadSpendLimits(
  session: WireSession,
  wanted: readonly Wanted[],
  set: WorkingSet,
  now: number,
): Promise<void> {
  const settings = settingsIn(wanted);
  const limited = [...set.accounts.values()]
    .filter(({ hasSpendLimits }) => hasSpendLimits)
    .map(({ organizationId }) => organizationId);
  if (limited.length === 0 && settings.size === 0) return;
  const meterings = [...settings].map(([organizationId, commands]) => {
    // As the fold does: an account's time never goes back.
    const at = Math.max(now, set.accounts.get(organizationId)?.updatedAt ?? 0);
    return meteringOf(organizationId, commands, at);
  });
  const limits = {
    name: "load_spend_limits",
    text: LIMITS,
    values: [binaryArray("text", limited, (id) => id)],
  };
  const [found, ...counts] = await session.exchange([
    limits,
    ...meterings.flatMap(({ statements }) => statements),
  ]);
  for (const row of found?.rows ?? []) {
    const own = set.spendLimits.get(row.org_id) ?? [];
    set.spendLimits.set(row.org_id, [...own, spendLimitFromRow(row)]);
  }
  for (const [organizationId, own] of set.spendLimits) set.spendLimits.set(organizationId, inOrder(own));
  for (const [index, metering] of meterings.entries()) {
    const rows = counts.slice(3 * index, 3 * index + 3).map((result) => result.rows);
    set.spendMeters.set(metering.organizationId, metering.meters(rows));
  }
}

type Setting = Command & { readonly kind: "set_spend_limits" };

/** The commands that set limits, by organization. */
function settingsIn(wanted: readonly Wanted[]): Map<string, Setting[]> {
  const settings = new Map<string, Setting[]>();
  for (const { organizationId, command } of wanted) {
    if (command.kind !== "set_spend_limits") continue;
    settings.set(organizationId, [...(settings.get(organizationId) ?? []), command]);
  }
  return settings;
}

type Sum = { readonly spender: string; readonly sum: bigint };

/** The statements that count what an organization used so far, and what their rows say under each key. */
function meteringOf(organizationId: string, settings: readonly Setting[], at: number) {
  const keys = settings.flatMap(({ rules }) => rules);
  // Two commands in one batch have counted through different transactions; that is rare, so all is counted anew.
  const counted = settings.length === 1 ? (settings[0]?.counted ?? null) : null;
  const countedSpent = new Map(
    counted?.spent.map((one) => [`${spendKeyOf(one)} ${one.periodStart}`, one.spent]),
  );
  const spenders = binaryArray("text", [...new Set(keys.map(spenderKey))], (spender) => spender);
  const spentSince = (period: SpendKey["period"]): WireStatement => ({
    name: "spent_in",
    text: SPENT_IN,
    values: [
      organizationId,
      new Date(periodStartOf(period, at)).toISOString(),
      "infinity",
      spenders,
      String(counted?.throughSeq ?? 0n),
      String(NEWEST_SEQ),
    ],
  });
  const holds = { name: "running_holds", text: RUNNING_HOLDS, values: [organizationId, spenders] };
  return {
    organizationId,
    statements: [spentSince("day"), spentSince("month"), holds],
    meters(results: readonly (readonly Sum[])[]): SpendMeter[] {
      const [day, month, held] = results.map(
        (rows) => new Map(rows.map(({ spender, sum }) => [spender, sum])),
      );
      return keys.map((key) => {
        const { scope, subject, period } = key;
        const since = (period === "day" ? day : month)?.get(spenderKey(key)) ?? 0n;
        const periodStart = periodStartOf(period, at);
        // Counted for a period that has ended meanwhile: all of this one is after it.
        const before = countedSpent.get(`${spendKeyOf(key)} ${periodStart}`) ?? 0n;
        return {
          scope,
          subject,
          period,
          periodStart,
          spent: credits(before + since),
          held: credits(held?.get(spenderKey(key)) ?? 0n),
        };
      });
    },
  };
}
