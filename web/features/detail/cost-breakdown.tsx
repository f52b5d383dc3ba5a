import type { Component, CostLine, Session } from "../../api/records.ts";
import { formatCount } from "../../ui/format-money.ts";
import { formatMinutes } from "../../ui/format-time.ts";
import { Money } from "../../ui/money.tsx";
import { SERIES } from "../../ui/series.ts";
import { keyModeName, sessionTypeName } from "./session-names.ts";

/** What a session costs, component by component; the lines sum exactly to the total. */
export function CostBreakdown({ session }: { session: Session }) {
  const lines = session.breakdown;
  if (lines.length === 0) return null;
  const perMinute = lines.every((line) => isTimed(line));
  return (
    <section aria-labelledby="breakdown-title">
      <div className="flex items-baseline justify-between gap-3">
        <h3 id="breakdown-title" className="text-[13.5px] font-semibold">
          Cost breakdown
        </h3>
        <p className="type-caption text-ink-2">
          {perMinute && (
            <>
              <Money credits={lines.reduce((sum, line) => sum + line.rate, 0)} /> per min ·{" "}
            </>
          )}
          price book v{session.price_version}
        </p>
      </div>
      <BreakdownBar lines={lines} />
      <table className="mt-2 w-full">
        <thead>
          <tr className="type-caption text-left text-ink-2">
            <th className="h-8 font-medium">Component</th>
            <th className={`${NUMBER} font-medium`}>Quantity</th>
            <th className={`${NUMBER} font-medium`}>{perMinute ? "Rate / min" : "Rate"}</th>
            <th className={`${NUMBER} font-medium`}>Amount</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <Line key={line.component} line={line} session={session} />
          ))}
        </tbody>
        <tfoot>
          <tr className="border-t border-strong">
            <th scope="row" colSpan={3} className="h-[34px] text-left font-semibold">
              Total
            </th>
            <td className={`${NUMBER} font-semibold`}>
              <Money credits={session.cost} />
            </td>
          </tr>
        </tfoot>
      </table>
    </section>
  );
}

const NUMBER = "pl-3 text-right whitespace-nowrap";

function BreakdownBar({ lines }: { lines: CostLine[] }) {
  const shown = lines.filter((line) => line.amount > 0);
  return (
    <div aria-hidden="true" className="mt-2.5 flex h-2.5 gap-[1.5px] overflow-hidden rounded-[3px]">
      {shown.map((line) => (
        <span
          key={line.component}
          className="rounded-[2px]"
          style={{ flexGrow: line.amount * 10_000, background: lookOf(line.component).color }}
        />
      ))}
    </div>
  );
}

function Line({ line, session }: { line: CostLine; session: Session }) {
  const { name, color } = lookOf(line.component);
  return (
    <tr className="border-t border-hair">
      <th scope="row" className="h-[33px] text-left font-normal">
        <span className="inline-flex flex-wrap items-center gap-x-2 max-sm:py-1.5">
          <span className="size-2.5 shrink-0 rounded-[3px]" style={{ background: color }} />
          <span className="font-[550] max-sm:flex-1">{name}</span>
          <span className="text-ink-2 max-sm:w-full max-sm:pl-[18px] max-sm:text-[12.5px] max-sm:leading-4">
            {line.component === "base" ? baseText(session) : line.model}
          </span>
        </span>
      </th>
      <td className={`${NUMBER} figures text-ink-2`}>{quantityText(line)}</td>
      <td className={`${NUMBER} text-ink-2`}>
        <Money credits={line.rate} />
      </td>
      <td className={`${NUMBER} font-[550]`}>
        <Money credits={line.amount} />
      </td>
    </tr>
  );
}

function lookOf(component: Component): { name: string; color: string } {
  return SERIES.find(({ key }) => key === component) ?? { name: component, color: "var(--text-3)" };
}

/** What the base rate depends on. */
function baseText(session: Session): string {
  return `${sessionTypeName(session).toLowerCase()}, ${keyModeName(session)}`;
}

function isTimed({ unit }: CostLine): boolean {
  return unit === "minute";
}

function quantityText(line: CostLine): string {
  if (isTimed(line)) return formatMinutes(line.quantity * 60);
  return `${formatCount(line.quantity)} ${line.unit}${line.quantity === 1 ? "" : "s"}`;
}
