import type { Random } from "../concurrency/random.ts";
import type { Schema } from "./operations.ts";

/** Ids that exist, by the name of the field that takes them, so that requests get beyond "there is no such thing". */
export type KnownIds = Readonly<Record<string, readonly string[]>>;

/** A value that the schema most likely admits. */
export function sample(schema: Schema, name: string, random: Random, ids: KnownIds): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return random.pick(schema.enum);
  if (schema.anyOf !== undefined) return sample(random.pick(schema.anyOf), name, random, ids);
  switch (schema.type) {
    case "object":
      return sampleObject(schema, random, ids);
    case "array": {
      const length = Math.max(schema.minItems ?? 0, random.below(3));
      return Array.from({ length }, () => sample(schema.items ?? {}, name, random, ids));
    }
    case "boolean":
      return random.below(2) === 0;
    case "integer":
      return Math.max(schema.minimum ?? 0, random.below(500));
    case "number":
      return Math.max(schema.minimum ?? 0, random.below(100_000) / random.pick([1, 10, 1_000, 10_000]));
    case "null":
      return null;
    case "string":
      return sampleText(schema, name, random, ids);
    default:
      return random.pick<unknown>(["anything", 1, true, null, { deep: ["down"] }]);
  }
}

function sampleObject(schema: Schema, random: Random, ids: KnownIds): object {
  const required = new Set(schema.required ?? []);
  const chosen = Object.entries(schema.properties ?? {}).filter(
    ([field]) => required.has(field) || random.below(3) === 0,
  );
  const fields = chosen.map(([field, part]) => [field, sample(part, field, random, ids)]);
  if (typeof schema.additionalProperties === "object" && random.below(2) === 0)
    fields.push(["note", sample(schema.additionalProperties, "note", random, ids)]);
  return Object.fromEntries(fields);
}

function sampleText(schema: Schema, name: string, random: Random, ids: KnownIds): string {
  if (schema.format === "date-time")
    return new Date(1_790_000_000_000 + random.below(1_000_000_000)).toISOString();
  if (schema.format === "email") return random.pick(ids.email ?? ["somebody@example.com"]);
  if (schema.pattern?.startsWith("^\\d{1,15}$")) return String(random.below(200));
  if (name === "month") return `2026-${String(1 + random.below(12)).padStart(2, "0")}`;
  if (name === "url")
    return random.pick(["https://example.com/hook", "http://127.0.0.1:9/hook", "ftp://x", "http://"]);
  // New names for things to make, known ones for things to find.
  return random.pick([...(ids[name] ?? []), ...(ids[name] ?? []), `made-${random.below(200)}`]);
}
