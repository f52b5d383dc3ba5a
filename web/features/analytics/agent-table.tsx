import { Card } from "../../ui/card.tsx";
import { formatCount, formatDollars } from "../../ui/format-money.ts";
import { Money } from "../../ui/money.tsx";
import type { UsageGroup } from "./usage-days.ts";

/** Who used how much, the dearest agent first. */
export function AgentTable({ groups }: { groups: UsageGroup[] }) {
  const total = groups.reduce((sum, group) => sum + group.amount, 0);
  return (
    <Card
      title="By agent"
      actions={
        <p className="figures text-ink-2">
          {formatCount(groups.length)} {groups.length === 1 ? "agent" : "agents"} · {formatDollars(total)}
        </p>
      }
    >
      {groups.length === 0 ? (
        <p className="border-t border-edge px-5 py-12 text-center text-ink-2">No usage in this period</p>
      ) : (
        <div className="overflow-x-auto">
          <table className="w-full">
            <thead className="bg-subtle">
              <tr className="border-y border-edge text-right text-[12.5px] text-ink-2">
                <th className="h-[33px] px-5 text-left font-medium">Agent</th>
                <th className="px-3 font-medium">Sessions</th>
                <th className="px-3 font-medium">Usage</th>
                <th className="px-3 font-medium">Share</th>
                <th className="px-5 font-medium">Spend</th>
              </tr>
            </thead>
            <tbody>
              {groups.map((group) => (
                <tr key={group.group} className="border-t border-hair text-right first:border-t-0">
                  <th scope="row" className="h-[42px] px-5 text-left font-[550]">
                    {group.name}
                  </th>
                  <td className="figures px-3 text-ink-2">{formatCount(group.sessions)}</td>
                  <td className="figures px-3 whitespace-nowrap text-ink-2">{usageText(group)}</td>
                  <td className="figures px-3 text-ink-2">
                    {total > 0 ? ((group.amount / total) * 100).toFixed(1) : "0.0"}%
                  </td>
                  <td className="px-5 font-[550]">
                    <Money credits={group.amount} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}

function usageText({ durationSeconds, messages, units }: UsageGroup): string {
  if (durationSeconds > 0) return `${formatCount(durationSeconds / 60)} min`;
  if (messages > 0) return `${formatCount(messages)} msg`;
  return units > 0 ? `${formatCount(units)} units` : "–";
}
