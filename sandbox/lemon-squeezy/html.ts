/** HTML with every interpolated value escaped; a value that is itself Html is kept, and lists are joined. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const text = parts.reduce((whole, part, index) => whole + render(values[index - 1] ?? "") + part);
  return { html: text };
}

/** Marks text of our own as HTML already: styles and scripts. Never for anything a request brought. */
export function trusted(text: string): Html {
  return { html: text };
}

export type Html = { readonly html: string };
type HtmlValue = string | number | Html | readonly Html[];

function render(value: HtmlValue): string {
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return escaped(value);
  if ("html" in value) return value.html;
  return value.map((entry) => entry.html).join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}
