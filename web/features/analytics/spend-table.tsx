import { Money } from "../../ui/money.tsx";
import { ScrollSideways } from "../../ui/scroll-sideways.tsx";
import { dayName } from "./spend-chart.tsx";
import type { SpendSeries } from "./spend-series.ts";

/** The same data as the chart, for reading and copying. */
export function SpendTable({ series, days }: SpendSeries) {
  return (
    <div className="border-t border-edge">
      <ScrollSideways label="Spend by day">
        <table className="w-full">
          <thead className="bg-subtle">
            <tr className="border-b border-edge text-right text-[12.5px] text-ink-2">
              <th className="h-[33px] px-5 text-left font-medium max-md:px-4">Day (UTC)</th>
              {series.map(({ key, name }) => (
                <th key={key} className="px-3 font-medium whitespace-nowrap">
                  {name}
                </th>
              ))}
              <th className="px-5 font-medium max-md:px-4">Total</th>
            </tr>
          </thead>
          <tbody>
            {days.toReversed().map((day) => (
              <tr key={day.date} className="border-t border-hair text-right first:border-t-0">
                <th scope="row" className="h-9 px-5 text-left font-normal whitespace-nowrap max-md:px-4">
                  {dayName(day.date)}
                </th>
                {series.map(({ key }) => (
                  <td key={key} className="px-3 text-ink-2">
                    <Money credits={day.parts.get(key) ?? 0} />
                  </td>
                ))}
                <td className="px-5 font-[550] max-md:px-4">
                  <Money credits={day.total} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollSideways>
    </div>
  );
}
