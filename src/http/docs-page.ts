import type { OpenApiDocument } from "./openapi-problems.ts";

/** The reference as one self-contained HTML page: no script, no request to anywhere. */
export function renderReference(document: OpenApiDocument): string {
  const groups = groupByTag(document);
  const navigation = groups
    .map(({ tag }) => `<li><a href="#${slug(tag)}">${escapeHtml(tag)}</a></li>`)
    .join("");
  const sections = groups.map(renderGroup).join("");
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Airtime API</title>
<style>${STYLE}</style></head><body>
<nav aria-label="Subjects"><h1>Airtime API</h1><ul>${navigation}</ul><p><a href="/openapi.json">openapi.json</a></p></nav>
<main><p>${escapeHtml(document.info?.description ?? "")}</p>${sections}</main></body></html>`;
}

type Entry = { readonly method: string; readonly path: string; readonly operation: object };
type Group = { readonly tag: string; readonly entries: readonly Entry[] };

function groupByTag(document: OpenApiDocument): Group[] {
  const groups = new Map<string, Entry[]>();
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const [method, operation] of Object.entries(item ?? {})) {
      if (typeof operation !== "object" || operation === null || Array.isArray(operation)) continue;
      const tag = stringsOf(Reflect.get(operation, "tags"))[0] ?? "Other";
      const entries = groups.get(tag) ?? [];
      entries.push({ method, path, operation });
      groups.set(tag, entries);
    }
  }
  return [...groups].map(([tag, entries]) => ({ tag, entries }));
}

function renderGroup({ tag, entries }: Group): string {
  return `<section id="${slug(tag)}"><h2>${escapeHtml(tag)}</h2>${entries.map(renderEntry).join("")}</section>`;
}

function renderEntry({ method, path, operation }: Entry): string {
  const summary = String(Reflect.get(operation, "summary") ?? "");
  const description = String(Reflect.get(operation, "description") ?? "");
  const parts = PARTS.map(({ field, title }) => {
    const value: unknown = Reflect.get(operation, field);
    if (value === undefined) return "";
    return `<h4>${title}</h4><pre tabindex="0">${escapeHtml(JSON.stringify(value, null, 2))}</pre>`;
  });
  return `<details><summary><code class="${method}">${method.toUpperCase()}</code> <code>${escapeHtml(path)}</code>
<span>${escapeHtml(summary)}</span></summary><p>${escapeHtml(description)}</p>${parts.join("")}</details>`;
}

const PARTS = [
  { field: "parameters", title: "Parameters" },
  { field: "requestBody", title: "Body" },
  { field: "responses", title: "Answers" },
] as const;

const STYLE = `:root{color-scheme:light dark;--line:#8884;--brand:#5145a0}
@media (prefers-color-scheme:dark){:root{--brand:#a89df0}}
body{font:16px/1.5 system-ui,sans-serif;margin:0;display:grid;grid-template-columns:14rem minmax(0,60rem);gap:2rem}
nav{position:sticky;top:0;height:100vh;padding:1.5rem;box-sizing:border-box;border-right:1px solid var(--line)}
nav h1{font-size:1.1rem}nav ul{list-style:none;padding:0}a{color:var(--brand)}main{padding:1.5rem}
details{border:1px solid var(--line);border-radius:.5rem;margin:.5rem 0;padding:.5rem .75rem}
summary{cursor:pointer}summary span{margin-left:.5rem;opacity:.8}code.get,code.post,code.put,code.patch,code.delete
{font-weight:700;color:var(--brand)}pre{overflow:auto;border:1px solid var(--line);border-radius:.5rem;padding:.75rem;
font-size:.85rem}@media (max-width:700px){body{display:block}nav{position:static;height:auto;border:0}}`;

function stringsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
}

function slug(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, "-");
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
