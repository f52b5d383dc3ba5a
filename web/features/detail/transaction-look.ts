import { ArrowDownRight, ArrowUpRight, DollarSign, type LucideIcon } from "lucide-react";
import type { TransactionType } from "../../api/records.ts";
import type { BadgeTone } from "../../ui/badge.tsx";

interface TransactionLook {
  word: string;
  icon: LucideIcon;
  tone: BadgeTone;
}

const TOP_UP: TransactionLook = { word: "Top-up", icon: ArrowUpRight, tone: "green" };
const USAGE: TransactionLook = { word: "Usage", icon: ArrowDownRight, tone: "red" };
const OTHER: TransactionLook = { word: "Other", icon: DollarSign, tone: "gray" };

/** Badge of a transaction's type. A type added later reads "Other". */
export function transactionLook(type: TransactionType): TransactionLook {
  if (type === "topup") return TOP_UP;
  return type === "consumption" ? USAGE : OTHER;
}

/** Color of an amount: it follows the sign, not the type. */
export function amountColor(amount: number): string {
  if (amount === 0) return "text-ink-2";
  return amount > 0 ? "text-success" : "text-danger";
}
