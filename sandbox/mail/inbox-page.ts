import { html, trusted } from "../lemon-squeezy/html.ts";
import type { ReceivedMail } from "./mail-server.ts";

/** The mails as a list, the newest first. */
export function inboxPage(mails: readonly ReceivedMail[]): string {
  const rows = mails.map(
    (mail, index) => html`<li><a href="/_dev/inbox/${mails.length - 1 - index}">
<span class="subject">${mail.subject}</span><span class="muted">to ${mail.to}</span>
<time class="muted" datetime="${mail.sent_at}">${mail.sent_at.slice(0, 16).replace("T", " ")} UTC</time></a></li>`,
  );
  const list =
    mails.length === 0
      ? html`<p class="empty muted">No mail yet. It comes when somebody is invited, or a balance runs low.</p>`
      : html`<ul>${rows}</ul>`;
  return page(
    "Demo inbox",
    html`<h1>Demo inbox</h1>
<p class="muted">Mail of the demo arrives here and nowhere else.</p>${list}`.html,
  );
}

/** One mail as its reader sees it, in a frame that runs no script and opens links beside itself, as mail programs do. */
export function mailPage(mail: ReceivedMail): string {
  return page(
    mail.subject,
    html`<p><a href="/_dev/inbox/page">Demo inbox</a></p><h1>${mail.subject}</h1>
<p class="muted">From ${mail.from} to ${mail.to}</p>
<iframe title="The mail" sandbox="allow-popups allow-popups-to-escape-sandbox"
  srcdoc="${mail.html.replace("<head>", NEW_TABS)}"></iframe>
<details><summary>As text</summary><pre>${mail.text}</pre></details>`.html,
  );
}

const NEW_TABS = '<head><base target="_blank">';

function page(title: string, body: string): string {
  return html`<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
<style>${trusted(STYLE)}</style></head><body><main>${trusted(body)}</main></body></html>`.html;
}

const STYLE = `:root{color-scheme:light dark;--page:#f5f5fa;--card:#fff;--ink:#191a23;--muted:#5b6070;--line:#e6e6ee;--brand:#5145a0}
@media (prefers-color-scheme:dark){:root{--page:#100f17;--card:#1a1924;--ink:#f1f0f7;--muted:#a3a1b5;--line:#302e3f;--brand:#a99ff0}}
body{font:16px/24px Inter,system-ui,sans-serif;margin:0;background:var(--page);color:var(--ink)}
main{max-width:44rem;margin:0 auto;padding:2rem 1rem}h1{font-size:1.4rem;line-height:2rem;overflow-wrap:anywhere}
.muted{color:var(--muted);font-size:.875rem;overflow-wrap:anywhere}
ul{list-style:none;padding:0;background:var(--card);border-radius:1rem;overflow:hidden}li+li{border-top:1px solid var(--line)}
li a{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 1rem;padding:.8rem 1.2rem;color:inherit;text-decoration:none}
li a:hover .subject{text-decoration:underline}.subject{font-weight:600;flex:1 0 100%;overflow-wrap:anywhere}
li a:hover,li a:focus-visible{background:color-mix(in srgb,var(--brand) 7%,transparent)}
:focus-visible{outline:2px solid var(--brand);outline-offset:-2px}
.empty{background:var(--card);border-radius:1rem;padding:3rem 1.2rem;text-align:center}
iframe{width:100%;height:44rem;border:0;border-radius:1rem}
summary{cursor:pointer;padding:.8rem 0}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--card);border-radius:1rem;padding:1rem;margin:0}a{color:var(--brand)}`;
