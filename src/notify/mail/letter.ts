/** A letter's parts, from which its text and its HTML are made: they never say different things. */
export type Letter = {
  readonly heading: string;
  readonly paragraphs: readonly string[];
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly button: { readonly label: string; readonly url: string };
  /** Why the reader gets it. */
  readonly footer: string;
  readonly unsubscribeUrl: string | null;
  /** How it looks at a glance: the color under the letterhead. Brand without it. */
  readonly tone?: "warning" | "danger" | "success";
};

export function letterText(letter: Letter): string {
  const width = Math.max(0, ...letter.facts.map(([name]) => name.length));
  const facts = letter.facts.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join("\n");
  const parts = [
    letter.heading,
    ...letter.paragraphs,
    facts,
    `${letter.button.label}: ${letter.button.url}`,
    `-- \n${letter.footer}`,
    letter.unsubscribeUrl === null ? "" : `No more such warnings: ${letter.unsubscribeUrl}`,
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

/** Mail programs know little CSS: tables for layout, styles on the elements, no picture, nothing loaded from anywhere. The
 *  style sheet is for those that know more: the dark scheme and narrow screens. */
export function letterHtml(letter: Letter): string {
  const paragraphs = letter.paragraphs
    .map((text) => `<p style="margin:0 0 16px">${escapeHtml(text)}</p>`)
    .join("");
  const facts = letter.facts.map(
    ([
      name,
      value,
    ]) => `<tr><td class="muted line" style="padding:8px 16px 8px 0;color:#5b6070;border-top:1px solid #e6e6ee">${escapeHtml(name)}</td>
<td class="line" align="right" style="padding:8px 0;font-weight:600;border-top:1px solid #e6e6ee;overflow-wrap:anywhere">${escapeHtml(value)}</td></tr>`,
  );
  const ending =
    letter.unsubscribeUrl === null
      ? ""
      : ` <a href="${escapeHtml(letter.unsubscribeUrl)}" class="muted" style="color:#5b6070">No more such warnings</a>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>${escapeHtml(letter.heading)}</title><style>${STYLE}</style></head>
<body class="page" style="margin:0;background:#f5f5fa;color:#191a23;font:16px/24px Inter,'Segoe UI',Helvetica,Arial,sans-serif">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:32px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" class="card" style="max-width:560px;background:#ffffff;border-radius:16px">
<tr><td class="inside" style="padding:20px 32px;border-radius:16px 16px 0 0;border-bottom:4px solid ${TONES[letter.tone ?? "brand"]};background-color:#5145a0;background-image:linear-gradient(135deg,#5145a0,#322b6b);color:#ffffff;font-weight:600">Airtime</td></tr>
<tr><td class="inside" style="padding:32px">
<h1 style="margin:0 0 16px;font-size:22px;line-height:30px">${escapeHtml(letter.heading)}</h1>
${paragraphs}
<table width="100%" cellpadding="0" cellspacing="0" style="margin:0 0 24px;font-size:15px">${facts.join("\n")}</table>
<a href="${escapeHtml(letter.button.url)}" style="display:inline-block;padding:12px 24px;border-radius:10px;background-color:#5145a0;color:#ffffff;font-weight:600;text-decoration:none">${escapeHtml(letter.button.label)}</a>
</td></tr></table>
<p class="muted" style="max-width:560px;margin:16px auto 0;font-size:13px;line-height:20px;color:#5b6070">${escapeHtml(letter.footer)}${ending}</p>
</td></tr></table></body></html>
`;
}

const TONES = { brand: "#7a6fd0", warning: "#d98a16", danger: "#d6403a", success: "#23995a" } as const;

// Over what stands on the elements, hence !important.
const STYLE = `@media (max-width:480px){.inside{padding-left:24px!important;padding-right:24px!important}}
@media (prefers-color-scheme:dark){.page{background:#100f17!important;color:#f1f0f7!important}
.card{background:#1a1924!important}.muted{color:#a3a1b5!important}.line{border-color:#302e3f!important}}`;

/** A name as part of one line: whatever breaks or hides in a line of a header or a sentence becomes a space. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ").trim();
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
