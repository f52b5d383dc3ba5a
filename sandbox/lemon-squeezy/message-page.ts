import { checkoutStyle } from "./checkout-style.ts";
import type { SandboxContext } from "./context.ts";
import { html, trusted } from "./html.ts";
import { formatMinor, totalsOf } from "./resource.ts";
import type { OrderRecord } from "./state.ts";

/** A page that says one thing. */
export function messagePage({ title, text }: { readonly title: string; readonly text: string }): string {
  return page(title, html`<main class="message"><h1>${title}</h1><p>${text}</p></main>`.html);
}

/** The receipt of an order, as it stands now. */
export function receiptPage(context: SandboxContext, order: OrderRecord): string {
  const { subtotalMinor, totalMinor } = totalsOf(order);
  const rows: [string, string][] = [
    [`${order.variantName} × ${order.quantity}`, formatMinor(subtotalMinor, order.currency)],
    ["Discount", formatMinor(-order.discountMinor, order.currency)],
    ["Tax", formatMinor(order.taxMinor, order.currency)],
    ["Total", formatMinor(totalMinor, order.currency)],
    ["Refunded", formatMinor(order.refundedMinor, order.currency)],
  ];
  const body = html`<main class="message receipt">
  <p class="muted">${context.storeName}</p>
  <h1>Receipt #${order.number}</h1>
  <p>${order.userName}, ${order.userEmail}<br>${order.createdAt.slice(0, 10)}</p>
  <dl class="totals">${rows.map(([name, amount]) => html`<div><dt>${name}</dt><dd>${amount}</dd></div>`)}</dl>
</main>`;
  return page(`Receipt #${order.number}`, body.html);
}

function page(title: string, body: string): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${trusted(checkoutStyle)}</style></head><body>${trusted(body)}</body></html>`
    .html;
}
