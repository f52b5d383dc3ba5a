import { Link } from "@tanstack/react-router";
import type { Statement } from "../../api/openapi.ts";
import { Card } from "../../ui/card.tsx";
import { formatCount } from "../../ui/format-money.ts";
import { formatMinutes } from "../../ui/format-time.ts";
import { Money } from "../../ui/money.tsx";
import { TimeStamp } from "../../ui/time-stamp.tsx";

type AgentUsage = Statement["usage_by_agent"][number];

const HEAD = "h-[33px] px-3 text-[12.5px] font-medium text-ink-2";

/** Who used how much in the month, the largest first. */
export function StatementAgents({ statement: { usage_by_agent: agents } }: { statement: Statement }) {
  return (
    <Card title="Usage by agent">
      {agents.length === 0 ? (
        <p className="border-t border-edge px-5 py-10 text-center text-ink-2">No usage in this month.</p>
      ) : (
        <div className="overflow-x-auto">
          <table aria-label="Usage by agent" className="w-full">
            <thead className="bg-subtle">
              <tr className="border-y border-edge text-right">
                <th className={`${HEAD} pl-5 text-left max-md:pl-4`}>Agent</th>
                <th className={`${HEAD} max-sm:hidden`}>Sessions</th>
                <th className={HEAD}>Usage</th>
                <th className={`${HEAD} pr-5 max-md:pr-4`}>Amount</th>
              </tr>
            </thead>
            <tbody>
              {agents.map((agent) => (
                <tr
                  key={agent.agent_id ?? "others"}
                  className="border-t border-hair text-right first:border-t-0"
                >
                  <th scope="row" className="h-[42px] px-3 pl-5 text-left font-[550] break-words max-md:pl-4">
                    {agent.agent_id === null ? "All others" : (agent.agent_name ?? agent.agent_id)}
                  </th>
                  <td className="figures px-3 text-ink-2 max-sm:hidden">{formatCount(agent.sessions)}</td>
                  <td className="figures px-3 whitespace-nowrap text-ink-2">{usageOf(agent)}</td>
                  <td className="px-3 pr-5 font-[550] max-md:pr-4">
                    <Money credits={agent.amount} />
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

function usageOf({ duration_seconds, messages, units }: AgentUsage): string {
  const parts = [
    duration_seconds > 0 && formatMinutes(duration_seconds),
    messages > 0 && `${formatCount(messages)} msg`,
    units > 0 && `${formatCount(units)} units`,
  ].filter(Boolean);
  return parts.length === 0 ? "–" : parts.join(", ");
}

/** Everything but usage, one by one. */
export function StatementEntries({ statement: { entries, entries_total } }: { statement: Statement }) {
  if (entries.length === 0) return null;
  return (
    <Card
      title="Top-ups and corrections"
      {...(entries_total > entries.length
        ? { subtitle: `The first ${formatCount(entries.length)} of ${formatCount(entries_total)}` }
        : {})}
    >
      <ul>
        {entries.map(({ transaction_id, created_at, description, amount }) => (
          <li
            key={transaction_id}
            className="relative flex items-center gap-x-6 border-t border-hair px-5 py-2.5 first:border-edge hover:bg-hover has-[a:focus-visible]:outline-2 has-[a:focus-visible]:-outline-offset-2 has-[a:focus-visible]:outline-focus max-md:px-4"
          >
            <div className="min-w-0 flex-1 sm:flex sm:gap-6">
              <span className="block w-36 shrink-0 max-sm:text-[12.5px] max-sm:leading-4">
                <TimeStamp instant={created_at} />
              </span>
              <Link
                to="/billing"
                search={{ transaction: transaction_id }}
                className="block min-w-0 break-words outline-none after:absolute after:inset-0"
              >
                {description}
              </Link>
            </div>
            <span className={`font-[550] ${amount < 0 ? "text-danger" : "text-success"}`}>
              <Money credits={amount} signed />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
