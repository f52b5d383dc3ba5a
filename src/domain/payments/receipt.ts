/** Until when the provider's link to a receipt is good; null when it does not say. Source: lemon-squeezy.md section 4. */
export function receiptExpiry(url: string): Date | null {
  const seconds = /[?&]expires=(\d{1,12})(?:&|$)/.exec(url)?.[1];
  return seconds === undefined ? null : new Date(Number(seconds) * 1_000);
}
