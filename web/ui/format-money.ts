/** Money as the cards show it: two decimals, half up, comma for thousands: `$1,127.49`, `-$2.14`. @param credits at most 4 decimals. */
export function formatDollars(credits: number): string {
  return moneyParts(credits, 2).sign + moneyParts(credits, 2).amount;
}

/** Money as the table shows it, exact: `$127.4862`. */
export function formatExact(credits: number): string {
  return moneyParts(credits, 4).sign + moneyParts(credits, 4).amount;
}

/** Exact money with its sign in front, plus included; zero has none: `+$50.0000`, `-$0.1523`, `$0.0000`. */
export function formatSignedExact(credits: number): string {
  return credits > 0 ? `+${formatExact(credits)}` : formatExact(credits);
}

/** A price without needless decimals: `$10`, `$47.50`. For package names only, never for balances. */
export function formatWholeDollars(credits: number): string {
  const text = formatDollars(credits);
  return text.endsWith(".00") ? text.slice(0, -3) : text;
}

/** Sign and amount apart, so that the sign can be set in its own figures. Rounds half up in whole ten-thousandths. */
export function moneyParts(credits: number, decimals: 2 | 4): { sign: "" | "-"; amount: string } {
  const units = Math.round(Math.abs(credits) * 10_000);
  const scaled = decimals === 4 ? units : Math.floor((units + 50) / 100);
  const scale = decimals === 4 ? 10_000 : 100;
  const whole = Math.floor(scaled / scale);
  const fraction = String(scaled % scale).padStart(decimals, "0");
  return { sign: credits < 0 ? "-" : "", amount: `$${groupThousands(whole)}.${fraction}` };
}

/** A count with commas: `1,521`. */
export function formatCount(count: number): string {
  return groupThousands(Math.round(count));
}

function groupThousands(whole: number): string {
  return String(whole).replace(/\B(?=(\d{3})+$)/g, ",");
}
