import { CircleCheck } from "lucide-react";
import { claimNotice } from "../api/live/claim-notice.ts";
import type { LiveMessage, Transaction } from "../api/records.ts";
import { transactionLook } from "../features/detail/transaction-look.ts";
import { formatCount, formatExact, formatSignedExact } from "../ui/format-money.ts";
import { addToBurst, type Burst } from "../ui/toast-burst.ts";
import { dismissToasts, showToast } from "../ui/toasts.tsx";

let burst: Burst<Transaction> | null = null;

/** A toast for each transaction that comes in live, in one tab of the browser only; a burst becomes one toast. */
export function toastTransaction({ transaction }: LiveMessage): void {
  if (!transaction) return;
  void claimNotice(transaction.id, () => {
    const added = addToBurst(burst, transaction, Date.now());
    burst = added.burst;
    const { notice } = added;
    if (notice.kind === "single") return toastSingle(transaction);
    dismissToasts(notice.replaces.map(({ id }) => id));
    showToast({
      id: "burst",
      title: `${formatCount(notice.count)} transactions, ${formatSignedExact(notice.total)}`,
      detail: `Balance ${formatExact(transaction.balance_after)}`,
    });
  });
}

function toastSingle(transaction: Transaction): void {
  const { id, kind, type, amount, balance_after, description } = transaction;
  const bought = kind === "purchase";
  const look = transactionLook(type);
  showToast({
    id,
    title: bought ? "Credits added successfully!" : (description.split(" - ")[0] ?? description),
    detail: `${formatSignedExact(amount)} · balance ${formatExact(balance_after)}`,
    icon: bought ? CircleCheck : look.icon,
    tone: amount > 0 ? "success" : amount < 0 ? "danger" : "neutral",
  });
}
