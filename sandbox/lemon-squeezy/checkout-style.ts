/** Style of the sandbox's pages: light and dark by the system's wish, one column on a phone. */
export const checkoutStyle = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --tint: #f6f5fb; --text: #1b1830; --muted: #5f5b76; --line: #d9d6e6; --field: #ffffff;
  --brand: #5145a0; --brand-dark: #322b6b; --danger: #b42318; --danger-tint: #fef1f0; --good: #14804a;
  --badge: #fff3d6; --badge-text: #7a4b00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14121f; --tint: #1b1829; --text: #f1effa; --muted: #aba6c4; --line: #3a3552; --field: #1f1c2f;
    --brand: #7466d6; --brand-dark: #5145a0; --danger: #ff9a90; --danger-tint: #3a1d1f; --good: #5ed39a;
    --badge: #4a3814; --badge-text: #ffdf9e;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html, body { margin: 0; min-height: 100%; }
body { background: var(--page); color: var(--text); font: 400 15px/1.5 Inter, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { font-size: 20px; line-height: 1.3; margin: 0 0 20px; letter-spacing: -.01em; }
h1:focus { outline: none; }
p { margin: 0; }
.muted { color: var(--muted); }
.checkout { display: grid; grid-template-columns: 1fr 1fr; min-height: 100vh; min-height: 100dvh; }
.summary { background: var(--tint); display: flex; justify-content: flex-end; border-right: 1px solid var(--line); }
.payment { display: flex; }
.column { width: 100%; max-width: 500px; padding: 72px 56px 48px; }
.store { display: flex; align-items: center; gap: 10px; margin-bottom: 36px; }
.logo { width: 32px; height: 32px; border-radius: 10px; display: grid; place-items: center; color: #fff; font-weight: 700;
  background: linear-gradient(135deg, #5145a0, #322b6b); }
.store-name { font-weight: 600; }
.badge { background: var(--badge); color: var(--badge-text); font-size: 12px; font-weight: 600; padding: 3px 9px; border-radius: 999px; }
.amount { font-size: 40px; font-weight: 700; line-height: 1.2; letter-spacing: -.02em; margin: 2px 0 28px; font-variant-numeric: tabular-nums; }
.packages { border: 0; margin: 0 0 24px; padding: 0; display: grid; gap: 8px; }
.packages legend { font-weight: 600; font-size: 14px; padding: 0; margin-bottom: 8px; }
.package { display: flex; gap: 10px; align-items: center; min-height: 44px; padding: 10px 14px; background: var(--field);
  border: 1px solid var(--line); border-radius: 12px; cursor: pointer; }
.package:has(:checked) { border-color: var(--brand); box-shadow: 0 0 0 1px var(--brand); }
.package strong { margin-left: auto; font-variant-numeric: tabular-nums; }
.package input { accent-color: var(--brand); margin: 0; }
.totals { margin: 0; }
.totals > div { display: flex; justify-content: space-between; gap: 16px; padding: 12px 0; border-top: 1px solid var(--line); }
.totals > div:first-child { border-top: 0; padding-top: 0; font-weight: 500; }
.totals small { display: block; font-size: 13px; font-weight: 400; color: var(--muted); }
.totals dd { margin: 0; font-variant-numeric: tabular-nums; }
.totals .total { font-weight: 700; }
.wallets { display: grid; grid-template-columns: repeat(3, 1fr); gap: 8px; }
.wallet { min-height: 44px; padding: 0 4px; font: inherit; font-size: 14px; font-weight: 600; white-space: nowrap; border: 0; border-radius: 10px; cursor: pointer;
  background: var(--text); color: var(--page); }
.wallet.light { background: var(--field); color: var(--text); box-shadow: inset 0 0 0 1px var(--line); }
.wallet.yellow { background: #ffc439; color: #12296b; }
.wallet:hover { opacity: .88; }
.divider { display: flex; align-items: center; gap: 12px; color: var(--muted); font-size: 13px; margin: 20px 0; }
.divider::before, .divider::after { content: ""; flex: 1; border-top: 1px solid var(--line); }
.field { margin-bottom: 16px; min-width: 0; }
.field label { display: block; font-size: 14px; font-weight: 500; margin-bottom: 6px; }
.field input, .field select { width: 100%; min-height: 44px; padding: 9px 13px; font: inherit; font-size: 16px; color: var(--text);
  background: var(--field); border: 1px solid var(--line); border-radius: 10px; font-variant-numeric: tabular-nums; }
.field input::placeholder { color: var(--muted); opacity: .75; }
.field input[aria-invalid] { border-color: var(--danger); }
.error { color: var(--danger); font-size: 13px; margin-top: 5px; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 12px; }
.declined { background: var(--danger-tint); color: var(--danger); border: 1px solid currentColor; border-radius: 10px;
  padding: 10px 14px; font-size: 14px; margin-bottom: 16px; }
.pay { width: 100%; min-height: 48px; padding: 0 20px; display: flex; align-items: center; justify-content: center; gap: 10px;
  font: inherit; font-size: 16px; font-weight: 600; color: #fff; border: 0; border-radius: 12px; cursor: pointer;
  background: linear-gradient(135deg, #5f52b8, #3c3480); }
.pay:hover { filter: brightness(1.1); }
.pay:disabled { cursor: progress; opacity: .8; }
.spinner { display: none; width: 18px; height: 18px; border-radius: 50%; border: 2px solid rgba(255,255,255,.4); border-top-color: #fff;
  animation: turn .8s linear infinite; }
[aria-busy=true] .spinner { display: block; }
@keyframes turn { to { transform: rotate(1turn); } }
.fine { font-size: 13px; margin-top: 14px; }
.fine b { font-weight: 600; white-space: nowrap; font-variant-numeric: tabular-nums; }
.fine svg { vertical-align: -3px; }
:is(button, input, select, .package):focus-visible, .package:has(:focus-visible) { outline: 2px solid var(--brand); outline-offset: 2px; }
.success { text-align: center; padding-top: 12vh; }
.success p { color: var(--muted); margin-bottom: 28px; }
.success h1 { margin-bottom: 8px; }
.tick { width: 60px; height: 60px; margin: 0 auto 20px; border-radius: 50%; display: grid; place-items: center; color: #fff; background: #14804a;
  animation: pop .35s ease-out; }
@keyframes pop { from { transform: scale(.5); opacity: 0; } }
.message { max-width: 460px; margin: 0 auto; padding: 18vh 24px 48px; text-align: center; }
.message h1 { margin-bottom: 8px; }
.receipt { text-align: left; margin-top: 64px; padding: 32px; border: 1px solid var(--line); border-radius: 20px; }
.receipt .store { margin-bottom: 28px; padding-right: 0; }
.receipt .amount { margin: 2px 0 12px; }
.receipt .totals { margin-top: 24px; border-top: 1px solid var(--line); padding-top: 16px; }
@media (max-width: 820px) {
  .checkout { grid-template-columns: 1fr; grid-template-rows: auto 1fr; }
  .summary { justify-content: center; border-right: 0; border-bottom: 1px solid var(--line); }
  .payment { justify-content: center; }
  .column { padding: 24px 20px; }
  .store { margin-bottom: 20px; padding-right: 48px; }
  .amount { font-size: 32px; margin-bottom: 16px; }
  .totals > div { padding: 8px 0; }
  .success { padding-top: 32px; }
  .receipt { margin: 20px 16px; padding: 20px; }
}
@media (prefers-reduced-motion: reduce) { *, ::before, ::after { animation-duration: 1ms !important; } .spinner { animation-duration: 2s !important; } }
`;
