/** A transcript as it can be shown: turns with speaker and time where the runtime gave them. */
export interface TranscriptTurn {
  speaker: string | null;
  atSeconds: number | null;
  text: string;
}

/** Post-call analysis: one text, and short facts beside it. */
export interface Analysis {
  summary: string | null;
  /** `good` where a fact is a success by its nature (a reached goal). */
  facts: { text: string; good: boolean }[];
}

/** Reads a transcript in any of the forms runtimes send: plain text, a list of turns, or an object holding the list. Empty: none. */
export function readTranscript(value: unknown): TranscriptTurn[] {
  if (typeof value === "string")
    return value.split("\n").flatMap((line) => (line.trim() ? [turnOfLine(line.trim())] : []));
  if (Array.isArray(value)) return value.flatMap(turnOf);
  const turns = fieldOf(value, ["turns", "messages", "segments", "transcript"]);
  return turns === undefined ? [] : readTranscript(turns);
}

/** Reads an analysis: plain text, or an object whose short values become facts. Null when there is nothing to show. */
export function readAnalysis(value: unknown): Analysis | null {
  if (typeof value === "string") return value.trim() ? { summary: value.trim(), facts: [] } : null;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const summary = fieldOf(value, SUMMARY_FIELDS);
  const facts = Object.entries(value).flatMap(([name, fact]) =>
    SUMMARY_FIELDS.includes(name) ? [] : factsOf(name, fact),
  );
  const text = typeof summary === "string" ? summary : null;
  return text === null && facts.length === 0 ? null : { summary: text, facts };
}

const SUMMARY_FIELDS = ["summary", "text"];

/** "Caller: Hello" has its speaker in front. */
function turnOfLine(line: string): TranscriptTurn {
  const named = /^([\p{L}][\p{L}\d _-]{0,30}):\s+(.+)$/u.exec(line);
  return { speaker: named?.[1] ?? null, atSeconds: null, text: named?.[2] ?? line };
}

function turnOf(value: unknown): TranscriptTurn[] {
  if (typeof value === "string") return [turnOfLine(value)];
  const text = fieldOf(value, ["text", "content", "message"]);
  if (typeof text !== "string") return [];
  const speaker = fieldOf(value, ["speaker", "role", "name"]);
  const at = fieldOf(value, ["at_seconds", "at", "start", "offset_seconds", "time"]);
  return [
    {
      speaker: typeof speaker === "string" ? speaker : null,
      atSeconds: typeof at === "number" ? at : null,
      text,
    },
  ];
}

function factsOf(name: string, value: unknown): Analysis["facts"] {
  const words = name.replaceAll("_", " ");
  const title = words.charAt(0).toUpperCase() + words.slice(1);
  if (typeof value === "boolean")
    return value ? [{ text: title, good: true }] : [{ text: `${title}: no`, good: false }];
  if (typeof value === "string" || typeof value === "number")
    return [{ text: `${title}: ${value}`, good: false }];
  if (!Array.isArray(value)) return [];
  return value.flatMap((item) => (typeof item === "string" ? [{ text: item, good: false }] : []));
}

function fieldOf(value: unknown, names: readonly string[]): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  const record = value as Record<string, unknown>;
  return names.map((name) => record[name]).find((field) => field !== undefined);
}
