import { addCredits } from "../../api/credits.ts";
import { Card } from "../../ui/card.tsx";
import { formatCount, formatDollars, formatExact } from "../../ui/format-money.ts";
import { Money } from "../../ui/money.tsx";
import { ScrollSideways } from "../../ui/scroll-sideways.tsx";
import type { UsageGroup } from "./usage-days.ts";

interface UsageTableProps {
  title: string;
  /** What a row is: "agent". */
  noun: string;
  groups: readonly UsageGroup[];
}

const HEAD = "h-[33px] px-3 font-medium whitespace-nowrap";

/** Who used how much, the dearest first. */
export function UsageTable({ title, noun, groups }: UsageTableProps) {
  const total = groups.map(({ amount }) => amount).reduce(addCredits, 0);
  return (
    <Card
      title={title}
      actions={
        <p className="figures text-ink-2">
          {formatCount(groups.length)} {groups.length === 1 ? noun : `${noun}s`} · {formatDollars(total)}
        </p>
      }
    >
      {groups.length === 0 ? (
        <p className="border-t border-edge px-5 py-12 text-center text-ink-2">No usage in this period</p>
      ) : (
        <ScrollSideways label={title}>
          <table aria-label={title} className="w-full">
            <thead className="bg-subtle">
              <tr className="border-y border-edge text-right text-[12.5px] text-ink-2">
                <th className={`${HEAD} pl-5 text-left capitalize max-md:pl-4`}>{noun}</th>
                <th className={`${HEAD} max-md:hidden`}>Sessions</th>
                <th className={HEAD}>Usage</th>
                <th className={`${HEAD} max-md:hidden`}>Per unit</th>
                <th className={`${HEAD} max-lg:hidden`}>
                  <span className="sr-only">Share of the spend, as a bar</span>
                </th>
                <th className={`${HEAD} max-sm:hidden`}>Share</th>
                <th className={`${HEAD} pr-5 max-md:pr-4`}>Spend</th>
              </tr>
            </thead>
            <tbody>
              {groups.map((group) => (
                <UsageTableRow key={group.group} group={group} total={total} most={groups[0]?.amount ?? 0} />
              ))}
            </tbody>
          </table>
        </ScrollSideways>
      )}
    </Card>
  );
}

function UsageTableRow({ group, total, most }: { group: UsageGroup; total: number; most: number }) {
  const share = total > 0 ? (group.amount / total) * 100 : 0;
  return (
    <tr className="border-t border-hair text-right first:border-t-0">
      <th scope="row" className="h-[42px] px-3 pl-5 text-left font-[550] max-md:pl-4">
        {group.name}
      </th>
      <td className="figures px-3 text-ink-2 max-md:hidden">{formatCount(group.sessions)}</td>
      <td className="figures px-3 whitespace-nowrap text-ink-2">{usageText(group)}</td>
      <td className="figures px-3 text-ink-2 max-md:hidden">{perUnit(group)}</td>
      <td className="w-48 px-3 max-lg:hidden" aria-hidden>
        <div
          className="h-2 min-w-0.5 rounded-[3px] bg-[var(--series-base)] forced-color-adjust-none"
          style={{ width: `${most > 0 ? (group.amount / most) * 100 : 0}%` }}
        />
      </td>
      <td className="figures px-3 text-ink-2 max-sm:hidden">{share.toFixed(1)}%</td>
      <td className="px-3 pr-5 font-[550] max-md:pr-4">
        <Money credits={group.amount} />
      </td>
    </tr>
  );
}

function usageText({ durationSeconds, messages, units }: UsageGroup): string {
  const parts = [
    durationSeconds > 0 && `${formatCount(durationSeconds / 60)} min`,
    messages > 0 && `${formatCount(messages)} msg`,
    units > 0 && `${formatCount(units)} units`,
  ].filter(Boolean);
  return parts.length === 0 ? "–" : parts.join(", ");
}

/** What a minute, a message or a unit cost; of more than one kind there is no such number. */
function perUnit({ amount, durationSeconds, messages, units }: UsageGroup): string {
  const counts = [durationSeconds / 60, messages, units].filter((count) => count > 0);
  const [count] = counts;
  return counts.length === 1 && count !== undefined ? formatExact(amount / count) : "–";
}
