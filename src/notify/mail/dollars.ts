import { type Credits, formatCredits } from "../../domain/money/credits.ts";

/** An amount as a mail says it, for example "-$1.50". */
export function dollars(amount: Credits): string {
  const text = formatCredits(amount, 2);
  return text.startsWith("-") ? `-$${text.slice(1)}` : `$${text}`;
}
