import { ArrowRight } from "lucide-react";
import type { ReactNode } from "react";
import type { Transaction } from "../../api/records.ts";
import { Money } from "../../ui/money.tsx";
import { amountColor } from "./transaction-look.ts";

/** Balance before, the amount, balance after. */
export function BalanceChange({ transaction }: { transaction: Transaction }) {
  return (
    <dl className="flex items-center justify-between gap-2 rounded-xl border border-edge bg-subtle px-4 py-3">
      <Figure name="Balance before">
        <Money credits={transaction.balance_before} />
      </Figure>
      <ArrowRight size={16} aria-hidden className="text-ink-3" />
      <Figure name="Amount" className={`text-center ${amountColor(transaction.amount)}`}>
        <Money credits={transaction.amount} signed />
      </Figure>
      <ArrowRight size={16} aria-hidden className="text-ink-3" />
      <Figure name="Balance after" className="text-right">
        <Money credits={transaction.balance_after} />
      </Figure>
    </dl>
  );
}

function Figure({ name, className, children }: { name: string; className?: string; children: ReactNode }) {
  return (
    <div className={className}>
      <dt className="type-caption text-ink-2">{name}</dt>
      <dd className="text-[17px] leading-6 font-semibold max-sm:text-[15px]">{children}</dd>
    </div>
  );
}
