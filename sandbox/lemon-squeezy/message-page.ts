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
  const row = (name: string, amountMinor: number, style = "") =>
    html`<div class="${style}"><dt>${name}</dt><dd>${formatMinor(amountMinor, order.currency)}</dd></div>`;
  const rows = [
    row(`${order.variantName} × ${order.quantity}`, subtotalMinor),
    // A line for what did not happen would only be read twice.
    ...(order.discountMinor > 0 ? [row("Discount", -order.discountMinor)] : []),
    row("Tax", order.taxMinor),
    row("Total", totalMinor, "total"),
    ...(order.refundedMinor > 0 ? [row("Refunded", -order.refundedMinor)] : []),
  ];
  const date = new Intl.DateTimeFormat("en-US", { dateStyle: "long", timeZone: "UTC" });
  const state = order.refundedMinor === 0 ? "Paid" : "Refunded";
  const body = html`<main class="message receipt">
  <header class="store">
    <span class="logo" aria-hidden="true">${context.storeName.slice(0, 1)}</span>
    <span class="store-name">${context.storeName}</span>
    ${order.testMode ? html`<span class="badge">Test mode</span>` : ""}
  </header>
  <p class="muted">Receipt #${order.number}</p>
  <h1 class="amount">${formatMinor(totalMinor - order.refundedMinor, order.currency)}</h1>
  <p>${state} on ${date.format(new Date(order.createdAt))}<br><span class="muted">${order.userName}, ${order.userEmail}</span></p>
  <dl class="totals">${rows}</dl>
</main>`;
  return page(`Receipt #${order.number}`, body.html);
}

function page(title: string, body: string): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${trusted(checkoutStyle)}</style></head><body>${trusted(body)}</body></html>`
    .html;
}
