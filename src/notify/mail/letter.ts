/** A letter's parts, from which its text and its HTML are made: they never say different things. */
export type Letter = {
  readonly heading: string;
  readonly paragraphs: readonly string[];
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly button: { readonly label: string; readonly url: string };
  /** Why the reader gets it. */
  readonly footer: string;
  readonly unsubscribeUrl: string | null;
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

/** Mail programs know little CSS: tables for layout, styles on the elements, no picture, nothing loaded from anywhere. */
export function letterHtml(letter: Letter): string {
  const paragraphs = letter.paragraphs
    .map((text) => `<p style="margin:0 0 16px">${escapeHtml(text)}</p>`)
    .join("");
  const facts = letter.facts.map(
    ([
      name,
      value,
    ]) => `<tr><td style="padding:8px 0;color:#5b6070;border-top:1px solid #e6e6ee">${escapeHtml(name)}</td>
<td align="right" style="padding:8px 0;font-weight:600;border-top:1px solid #e6e6ee">${escapeHtml(value)}</td></tr>`,
  );
  const ending =
    letter.unsubscribeUrl === null
      ? ""
      : ` <a href="${escapeHtml(letter.unsubscribeUrl)}" style="color:#5b6070">No more such warnings</a>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light"><title>${escapeHtml(letter.heading)}</title></head>
<body style="margin:0;background:#f5f5fa;color:#191a23;font:16px/24px Inter,'Segoe UI',Helvetica,Arial,sans-serif">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:32px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;background:#ffffff;border-radius:16px">
<tr><td style="padding:20px 32px;border-radius:16px 16px 0 0;background-color:#5145a0;background-image:linear-gradient(135deg,#5145a0,#322b6b);color:#ffffff;font-weight:600">Airtime</td></tr>
<tr><td style="padding:32px">
<h1 style="margin:0 0 16px;font-size:22px;line-height:30px">${escapeHtml(letter.heading)}</h1>
${paragraphs}
<table width="100%" cellpadding="0" cellspacing="0" style="margin:0 0 24px;font-size:15px">${facts.join("\n")}</table>
<a href="${escapeHtml(letter.button.url)}" style="display:inline-block;padding:12px 24px;border-radius:10px;background-color:#5145a0;color:#ffffff;font-weight:600;text-decoration:none">${escapeHtml(letter.button.label)}</a>
</td></tr></table>
<p style="max-width:560px;margin:16px auto 0;font-size:13px;line-height:20px;color:#5b6070">${escapeHtml(letter.footer)}${ending}</p>
</td></tr></table></body></html>
`;
}

/** A name as part of one line: whatever breaks or hides in a line of a header or a sentence becomes a space. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ").trim();
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
