import type { Summary } from "../../api/records.ts";
import { formatDollars } from "../../ui/format-money.ts";
import { formatSpan } from "../../ui/format-time.ts";

export interface BannerText {
  tone: "warning" | "danger";
  fact: string;
  consequence: string;
}

/** What the banner says about a balance, or null when nothing needs saying: grace before zero before low.
 *  @param defaultRate credits a minute of the default call, used while nothing runs. @param smallestPackage in credits. */
export function bannerText(
  summary: Summary,
  { defaultRate, smallestPackage }: BannerContext,
): BannerText | null {
  const { balance, status } = summary;
  if (balance < 0) return graceText(summary, smallestPackage);
  if (status === "depleted" || status === "exhausted" || balance === 0) return zeroText(summary);
  if (status !== "low") return null;
  const rate = summary.burn_rate_per_minute || defaultRate;
  const lasts = rate
    ? `About ${formatSpan((summary.balance / rate) * 60)} of calls at the current rate. `
    : "";
  return {
    tone: "warning",
    fact: `Low balance: ${formatDollars(balance)} left.`,
    consequence: `${lasts}Calls go on; add credits so that they do not stop.`,
  };
}

interface BannerContext {
  defaultRate: number | null;
  smallestPackage: number | null;
}

function graceText({ balance, grace_limit }: Summary, smallestPackage: number | null): BannerText {
  const left = Math.max(0, grace_limit + balance);
  const running =
    left > 0
      ? `Running calls may use ${formatDollars(left)} more, then they are ended. New calls are refused.`
      : "The grace is used up: running calls are ended. New calls are refused.";
  const enough = smallestPackage === null || smallestPackage + balance > 0;
  const wayOut = enough
    ? "Any package restores service at once."
    : `Add at least ${formatDollars(-balance)} to restore service.`;
  return {
    tone: "danger",
    fact: `Balance is ${formatDollars(balance)}.`,
    consequence: `${running} ${wayOut}`,
  };
}

function zeroText({ balance, active_sessions, grace_limit }: Summary): BannerText {
  const calls = active_sessions === 1 ? "1 running call goes" : `${active_sessions} running calls go`;
  const going =
    active_sessions > 0 ? ` ${calls} on and may use up to ${formatDollars(grace_limit)} of grace.` : "";
  return {
    tone: "danger",
    fact: `Balance is ${formatDollars(balance)}.`,
    consequence: `New calls are refused.${going}`,
  };
}
