import type { OpenApiDocument } from "./openapi-problems.ts";

/** Leaves the named schemas that something refers to, sorted. A schema with an id would else be there twice, as it is
 *  read and as it is written, in the order in which modules happen to load. Changes the document in place; a second time
 *  changes nothing. */
export function keepUsedSchemas(document: OpenApiDocument): OpenApiDocument {
  const schemas: Record<string, unknown> = document.components?.schemas ?? {};
  const used = new Set<string>();
  const follow = (part: unknown) => {
    for (const name of namesIn(part)) {
      if (used.has(name)) continue;
      used.add(name);
      follow(schemas[name]);
    }
  };
  follow(document.paths);
  const all = { ...schemas };
  for (const name of Object.keys(all)) delete schemas[name];
  for (const name of [...used].sort()) schemas[name] = all[name];
  return document;
}

/** Names of the schemas that a part of the document refers to itself. */
function namesIn(part: unknown): string[] {
  return [...JSON.stringify(part).matchAll(REFERENCE)].map(([, name]) => name ?? "");
}

const REFERENCE = /"\$ref":"#\/components\/schemas\/([^"]+)"/g;
