import { z } from "zod";
import { type Credits, creditsToNumber } from "../../domain/money/credits.ts";
import { organizationField, timeOutput } from "../schemas.ts";
import { timeInput } from "../wire/usage-input.ts";
import type { ZodServer } from "../zod-server.ts";

/** Usage over time, for charts. Source: contract.md, Reading. */
export function registerUsageSeriesRoute(server: ZodServer, { usageSeries, now }: SeriesDependencies): void {
  server.get(
    "/api/billing/usage",
    {
      config: { action: "view_billing" },
      schema: {
        tags: ["Reading"],
        summary: "Usage by hour or day and by agent, architecture, component or API key",
        description: "Intervals start in UTC; those without usage are left out. At most 400 days.",
        querystring: z
          .strictObject({
            ...organizationField,
            from: timeInput.optional(),
            to: timeInput.optional(),
            interval: z.enum(["hour", "day"]).default("day"),
            group_by: z.enum(["agent", "architecture", "component", "api_key"]).default("agent"),
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
      const until = request.query.to ?? now();
      const from = Math.max(request.query.from ?? until - 30 * DAY_MS, until - DAYS_MAX * DAY_MS);
      const { organizationId } = request;
      const points = await usageSeries({ organizationId, from, until, interval, groupBy });
      return { success: true as const, interval, group_by: groupBy, data: points.map(pointView) };
    },
  );
}

export type SeriesDependencies = {
  readonly now: () => number;
  readonly usageSeries: (request: {
    organizationId: string;
    from: number;
    until: number;
    interval: "hour" | "day";
    groupBy: "agent" | "architecture" | "component" | "api_key";
  }) => Promise<Point[]>;
};

type Point = {
  readonly from: number;
  readonly group: string;
  readonly name: string | null;
  readonly amount: Credits;
  readonly sessions: number;
  readonly durationMs: bigint;
  readonly messages: bigint;
  readonly units: bigint;
};

const DAY_MS = 24 * 60 * 60 * 1000;
const DAYS_MAX = 400;

const seriesSchema = z.strictObject({
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
});

function pointView(point: Point) {
  return {
    from: new Date(point.from).toISOString(),
    group: point.group,
    name: point.name,
    amount: creditsToNumber(point.amount),
    sessions: point.sessions,
    duration_seconds: Number(point.durationMs) / 1000,
    messages: Number(point.messages),
    units: Number(point.units),
  };
}
