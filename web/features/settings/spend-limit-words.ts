import type { SpendLimit } from "../../api/openapi.ts";

export type SpendRule = Pick<SpendLimit, "scope" | "period" | "subject" | "limit">;

const SCOPES: Record<SpendLimit["scope"], string> = {
  organization: "Whole organization",
  agent: "Agent",
  api_key: "API key",
  user: "End user",
};

/** Whom a limit is for: `Agent agent_7f3k2m`. */
export function scopeName({ scope, subject }: Pick<SpendLimit, "scope" | "subject">): string {
  return subject === null ? SCOPES[scope] : `${SCOPES[scope]} ${subject}`;
}

/** Its period, as it follows an amount: `a day`. */
export function periodName({ period }: Pick<SpendLimit, "period">): string {
  return period === "day" ? "a day" : "a month";
}

const WARNED_FROM = 0.8;

/** How near its end a limit is. Money that running calls hold counts as used, as it does for the refusal. */
export function limitState({ limit, spent, held }: Pick<SpendLimit, "limit" | "spent" | "held">): {
  tone: "brand" | "warning" | "danger";
  word: string | null;
} {
  const used = spent + held;
  if (used >= limit) return { tone: "danger", word: "Reached" };
  return used >= limit * WARNED_FROM
    ? { tone: "warning", word: "Near its end" }
    : { tone: "brand", word: null };
}

/** Whether two limits bound the same: there may be one of each. */
export function isSameLimit(one: Omit<SpendRule, "limit">, other: Omit<SpendRule, "limit">): boolean {
  return one.scope === other.scope && one.period === other.period && one.subject === other.subject;
}

/** The rules that stay, as the API takes them: without their counts. */
export function withoutLimit(
  limits: readonly SpendRule[],
  isGone: (limit: SpendRule) => boolean,
): SpendRule[] {
  return limits
    .filter((limit) => !isGone(limit))
    .map(({ scope, period, subject, limit }) => ({ scope, period, subject, limit }));
}
