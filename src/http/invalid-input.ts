import type { FastifySchemaCompiler } from "fastify";
import type { $ZodIssue, $ZodType } from "zod/v4/core";
import { safeParse } from "zod/v4/core";

/** Validates a request part with its zod schema. Fails with an InvalidInput that names every wrong field. */
export const compileValidator: FastifySchemaCompiler<$ZodType> =
  ({ schema, httpPart }) =>
  (data) => {
    // The server library says null for a request without a body; schemas say optional.
    const result = safeParse(schema, httpPart === "body" && data === null ? undefined : data);
    return result.success
      ? { value: result.data }
      : { error: new InvalidInput(errorsOf(result.error.issues)) };
  };

/** One mistake in a request: a dotted path ("events.3.seq", "" for the whole) and what is wrong there. */
export type InputError = { readonly path: string; readonly message: string };

/** Raised by validation and turned into 422 by the server's error handler; never seen by routes. */
export class InvalidInput extends Error {
  readonly errors: readonly InputError[];

  constructor(errors: readonly InputError[]) {
    super("invalid input");
    this.errors = errors;
  }
}

/** The mistakes behind zod's issues. An unknown field is reported at its own path, not at its parent's. */
export function errorsOf(issues: readonly $ZodIssue[]): InputError[] {
  return issues.flatMap((issue) => {
    if (issue.code !== "unrecognized_keys") return [{ path: issue.path.join("."), message: issue.message }];
    return issue.keys.map((key) => ({ path: [...issue.path, key].join("."), message: "Unknown field" }));
  });
}
