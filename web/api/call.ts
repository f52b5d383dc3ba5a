import { request } from "./http.ts";
import type { Operations } from "./openapi.ts";

type Operation = keyof Operations;
type Input<Name extends Operation> = Omit<Operations[Name], "answer"> & { signal?: AbortSignal };

/** What an operation answers. */
export type Answer<Name extends Operation> = Operations[Name]["answer"];

/** Asks one operation of the API, by its name in openapi.json; what it takes and answers is typed from there. Throws as
 *  {@link request} does. */
export function call<Name extends Operation>(operation: Name, input: Input<Name>): Promise<Answer<Name>>;
export function call(operation: Operation, { path, query, body, signal }: AnyInput): Promise<unknown> {
  const [method, address] = parse(operation, path ?? {});
  const search = new URLSearchParams(definedIn(query ?? {})).toString();
  return request(search === "" ? address : `${address}?${search}`, { method, body, signal });
}

interface AnyInput {
  path?: Record<string, string>;
  query?: Record<string, string | undefined>;
  body?: unknown;
  signal?: AbortSignal;
}

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

/** `GET /api/billing/sessions/{id}` with its id in place. */
function parse(operation: string, values: Record<string, string>): [(typeof METHODS)[number], string] {
  const method = METHODS.find((name) => operation.startsWith(`${name} `));
  if (method === undefined) throw new Error(`${operation} names no method`);
  const address = operation
    .slice(method.length + 1)
    .replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name] ?? ""));
  return [method, address];
}

function definedIn(query: Record<string, string | undefined>): [string, string][] {
  return Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
}
