import { z } from "zod";
import { type Account, available } from "../../domain/ledger/account.ts";
import { creditsToNumber } from "../../domain/money/credits.ts";
import {
  BURN_WINDOW_MS,
  type Burn,
  burnOf,
  DIMENSIONS,
  type Dimension,
  type UsageSum,
} from "../../domain/usage/usage-sums.ts";
import { organizationField, timeOutput } from "../schemas.ts";
import { timeInput } from "../wire/usage-input.ts";
import type { ZodServer } from "../zod-server.ts";

/** Usage over time, for charts. Source: contract.md, Reading. */
export function registerUsageSeriesRoute(server: ZodServer, dependencies: SeriesDependencies): void {
  const { usageSeries, now, accountOf } = dependencies;
  server.get(
    "/api/billing/usage",
    {
      config: { action: "view_billing" },
      schema: {
        tags: ["Reading"],
        summary: "Usage by hour or day and by agent, architecture, component, API key or end user",
        description:
          "Intervals start in UTC; those without usage are left out. The period is widened to whole hours, at most 400 " +
          "days. burn: what was charged since the first usage of the last seven days, over the hours since then (at " +
          "least one), and how long what is available lasts at that rate (null: for ever).",
        querystring: z
          .strictObject({
            ...organizationField,
            from: timeInput.optional(),
            to: timeInput.optional(),
            interval: z.enum(["hour", "day"]).default("day"),
            group_by: z.enum(DIMENSIONS).default("agent"),
          })
          .refine(({ from, to }) => from === undefined || to === undefined || from < to, {
            path: ["to"],
            message: "Must be after from",
          }),
        response: { 200: seriesSchema },
      },
    },
    async (request) => {
      const { interval, group_by: groupBy } = request.query;
      const at = await now();
      const until = request.query.to ?? at;
      const from = Math.max(request.query.from ?? until - 30 * DAY_MS, until - DAYS_MAX * DAY_MS);
      const { organizationId } = request;
      const recent = {
        from: at - BURN_WINDOW_MS,
        until: at,
        interval: "hour",
        groupBy: "architecture",
      } as const;
      const [account, sums, lately] = await Promise.all([
        accountOf(organizationId),
        usageSeries({ organizationId, from, until, interval, groupBy }),
        usageSeries({ organizationId, ...recent }),
      ]);
      return {
        success: true as const,
        interval,
        group_by: groupBy,
        data: sums.map(sumView),
        burn: burnView(burnOf(lately, available(account), at)),
      };
    },
  );
}

export type SeriesDependencies = {
  /** Epoch ms by the clock that usage was charged by. */
  readonly now: () => Promise<number>;
  readonly accountOf: (organizationId: string) => Promise<Account>;
  readonly usageSeries: (request: {
    organizationId: string;
    from: number;
    until: number;
    interval: "hour" | "day";
    groupBy: Dimension;
  }) => Promise<UsageSum[]>;
};

const DAY_MS = 24 * 60 * 60 * 1000;
const DAYS_MAX = 400;

const seriesSchema = z
  .strictObject({
    success: z.literal(true),
    interval: z.enum(["hour", "day"]),
    group_by: z.string(),
    data: z.array(
      z.strictObject({
        from: timeOutput,
        group: z.string(),
        name: z.string().nullable(),
        amount: z.number(),
        sessions: z.int(),
        duration_seconds: z.number(),
        messages: z.int(),
        units: z.int(),
      }),
    ),
    burn: z.strictObject({
      method: z.literal("since_first_usage_of_last_7_days"),
      amount: z.number(),
      hours: z.number(),
      per_day: z.number(),
      runway_hours: z.number().nullable(),
    }),
  })
  .meta({ id: "UsageSeries" });

function sumView({ from, member, amount, usage, sessions }: UsageSum) {
  return {
    from: new Date(from).toISOString(),
    group: member.id,
    name: member.name,
    amount: creditsToNumber(amount),
    sessions: Number(sessions),
    duration_seconds: Number(usage.durationMs) / 1000,
    messages: Number(usage.messages),
    units: Number(usage.units),
  };
}

function burnView({ amount, hours, perHour, runwayHours }: Burn) {
  return {
    method: "since_first_usage_of_last_7_days" as const,
    amount: creditsToNumber(amount),
    hours: toTenths(hours),
    per_day: Math.round(perHour * 24) / 10_000,
    runway_hours: runwayHours === null ? null : toTenths(runwayHours),
  };
}

const toTenths = (value: number) => Math.round(value * 10) / 10;
