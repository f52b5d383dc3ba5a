import { checkoutScript } from "./checkout-script.ts";
import { checkoutStyle } from "./checkout-style.ts";
import type { SandboxContext } from "./context.ts";
import { countries } from "./countries.ts";
import { type Html, html, trusted } from "./html.ts";
import { offerOf, variantsOffered } from "./place-order.ts";
import { checkoutUrl, formatMinor } from "./resource.ts";
import type { CheckoutRecord } from "./state.ts";

/** The hosted checkout page: the order on the left, the card form on the right. Needs no other request. */
export function checkoutPage(context: SandboxContext, checkout: CheckoutRecord): string {
  const packages = packagesOf(context, checkout);
  const chosen = packages.find((entry) => entry.variantId === checkout.variantId) ?? packages[0];
  const total = chosen?.total ?? formatMinor(0, "USD");
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Checkout · ${context.storeName}</title>
<style>${trusted(checkoutStyle)}</style>
</head>
<body>
<div class="checkout">
  <section class="summary" aria-label="Order summary"><div class="column">
    <header class="store">
      <span class="logo" aria-hidden="true">${context.storeName.slice(0, 1)}</span>
      <span class="store-name">${context.storeName}</span>
      ${checkout.testMode ? html`<span class="badge">Test mode</span>` : ""}
    </header>
    <p class="muted pay-to">Pay ${context.storeName}</p>
    <p class="amount" data-total>${total}</p>
    ${packages.length > 1 ? packageChoice(packages, chosen?.variantId ?? "") : ""}
    ${orderLines(checkout, chosen?.name ?? "", total)}
  </div></section>
  <main class="payment"><div class="column">
    ${paymentForm(checkout, total)}
    <section class="success" hidden>
      <span class="tick" aria-hidden="true">${trusted(tickIcon)}</span>
      <h1 tabindex="-1">Thanks for your order!</h1>
      <p data-success-text></p>
      <button type="button" class="pay" data-continue>Continue</button>
    </section>
  </div></main>
</div>
<script type="application/json" id="checkout">${trusted(scriptData(context, checkout, packages))}</script>
<script>${trusted(checkoutScript)}</script>
</body>
</html>`.html;
}

type Package = { readonly variantId: string; readonly name: string; readonly total: string };

const tickIcon =
  '<svg viewBox="0 0 24 24" width="28" height="28" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round"><path d="M5 12.5l4.5 4.5L19 7.5"/></svg>';
const lockIcon =
  '<svg viewBox="0 0 24 24" width="16" height="16" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><rect x="5" y="11" width="14" height="9" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/></svg>';

function packagesOf(context: SandboxContext, checkout: CheckoutRecord): Package[] {
  return variantsOffered(context, checkout).map(({ variantId }) => {
    const offer = offerOf(context, checkout, variantId);
    return { variantId, name: offer.name, total: formatMinor(offer.priceMinor * checkout.quantity, "USD") };
  });
}

function packageChoice(packages: readonly Package[], chosenId: string): Html {
  const choices = packages.map(({ variantId, name, total }) => {
    const state = variantId === chosenId ? "checked" : "";
    return html`<label class="package"><input type="radio" name="package" value="${variantId}" ${state}>
      <span>${name}</span><strong>${total}</strong></label>`;
  });
  return html`<fieldset class="packages"><legend>Package</legend>${choices}</fieldset>`;
}

function orderLines(checkout: CheckoutRecord, name: string, total: string): Html {
  return html`<dl class="totals">
      <div><dt><span data-package>${name}</span><small>Quantity ${checkout.quantity}</small></dt><dd data-total>${total}</dd></div>
      <div><dt>Subtotal</dt><dd data-total>${total}</dd></div>
      <div><dt>Tax</dt><dd>${formatMinor(0, "USD")}</dd></div>
      <div class="total"><dt>Total</dt><dd data-total>${total}</dd></div>
    </dl>`;
}

function paymentForm(checkout: CheckoutRecord, total: string): Html {
  const { email, name } = checkout.checkoutData;
  return html`<form novalidate aria-label="Payment">
      <h1>Payment</h1>
      <div class="wallets">
        <button type="button" class="wallet" data-wallet>Apple Pay</button>
        <button type="button" class="wallet light" data-wallet>Google Pay</button>
        <button type="button" class="wallet yellow" data-wallet>PayPal</button>
      </div>
      <p class="divider"><span>or pay by card</span></p>
      ${field("email", "Email", html`type="email" autocomplete="email" value="${textOf(email)}" placeholder="you@company.com"`)}
      ${field("card", "Card number", html`inputmode="numeric" autocomplete="cc-number" maxlength="23" placeholder="4242 4242 4242 4242"`)}
      <div class="pair">
        ${field("expiry", "Expiry", html`inputmode="numeric" autocomplete="cc-exp" maxlength="7" placeholder="MM / YY"`)}
        ${field("cvc", "CVC", html`inputmode="numeric" autocomplete="cc-csc" maxlength="4" placeholder="123"`)}
      </div>
      ${field("name", "Name on card", html`autocomplete="cc-name" value="${textOf(name)}" placeholder="Ada Lovelace"`)}
      <div class="field">
        <label for="country">Country</label>
        <select id="country" name="country" autocomplete="country">${countries().map(countryOption)}</select>
      </div>
      <p class="declined" role="alert" hidden></p>
      <button type="submit" class="pay"><span class="spinner" aria-hidden="true"></span>
        <span data-pay-label>Pay <span data-total>${total}</span></span></button>
      <p class="muted fine">${trusted(lockIcon)} ${checkout.testMode ? trusted(testModeNote) : liveNote}</p>
    </form>`;
}

const testModeNote =
  "Test mode: no money moves. <b>4242 4242 4242 4242</b> pays, <b>4000 0000 0000 0002</b> is declined; any future date and CVC.";
const liveNote = "Payments are processed by the Lemon Squeezy sandbox.";

function field(id: string, label: string, attributes: Html): Html {
  return html`<div class="field">
        <label for="${id}">${label}</label>
        <input id="${id}" name="${id}" required aria-describedby="${id}-error" ${attributes}>
        <p class="error" id="${id}-error" hidden></p>
      </div>`;
}

function countryOption({ code, name }: { readonly code: string; readonly name: string }): Html {
  return html`<option value="${code}" ${code === "US" ? "selected" : ""}>${name}</option>`;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** What the script needs, as JSON that cannot end the element it stands in. */
function scriptData(context: SandboxContext, checkout: CheckoutRecord, packages: readonly Package[]): string {
  const url = new URL(checkoutUrl(context, checkout.id));
  return JSON.stringify({
    payPath: `${url.pathname}/pay${url.search}`,
    redirectUrl: checkout.redirectUrl,
    variantId: checkout.variantId,
    packages,
  }).replaceAll("<", "\\u003c");
}
