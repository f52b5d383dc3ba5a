import { html, trusted } from "../lemon-squeezy/html.ts";
import type { ReceivedMail } from "./mail-server.ts";

/** The mails as a list, the newest first. */
export function inboxPage(mails: readonly ReceivedMail[]): string {
  const rows = mails.map(
    (mail, index) => html`<li><a href="/_dev/inbox/${mails.length - 1 - index}">
<span class="subject">${mail.subject}</span><span class="muted">to ${mail.to}</span>
<time class="muted" datetime="${mail.sent_at}">${mail.sent_at.slice(0, 16).replace("T", " ")} UTC</time></a></li>`,
  );
  const list = mails.length === 0 ? html`<p class="muted">No mail yet.</p>` : html`<ul>${rows}</ul>`;
  return page(
    "Demo inbox",
    html`<h1>Demo inbox</h1>
<p class="muted">Mail of the demo arrives here and nowhere else.</p>${list}`.html,
  );
}

/** One mail as its reader sees it, in a frame that runs no script. */
export function mailPage(mail: ReceivedMail): string {
  return page(
    mail.subject,
    html`<p><a href="/_dev/inbox/page">Demo inbox</a></p><h1>${mail.subject}</h1>
<p class="muted">From ${mail.from} to ${mail.to}</p>
<iframe title="The mail" sandbox srcdoc="${mail.html}"></iframe>
<details><summary>As text</summary><pre>${mail.text}</pre></details>`.html,
  );
}

function page(title: string, body: string): string {
  return html`<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
<style>${trusted(STYLE)}</style></head><body><main>${trusted(body)}</main></body></html>`.html;
}

const STYLE = `body{font:16px/24px Inter,system-ui,sans-serif;margin:0;background:#f5f5fa;color:#191a23}
main{max-width:44rem;margin:0 auto;padding:2rem 1rem}h1{font-size:1.4rem;line-height:2rem}.muted{color:#5b6070}
ul{list-style:none;padding:0;background:#fff;border-radius:1rem}li+li{border-top:1px solid #e6e6ee}
li a{display:grid;grid-template-columns:1fr auto;gap:0 1rem;padding:.8rem 1.2rem;color:inherit;text-decoration:none}
li a:hover .subject{text-decoration:underline}.subject{font-weight:600;grid-column:1/3}
iframe{width:100%;height:44rem;border:0;border-radius:1rem;background:#fff}
pre{white-space:pre-wrap;background:#fff;border-radius:1rem;padding:1rem}a{color:#5145a0}`;
