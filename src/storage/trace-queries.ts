import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type pg from "pg";

/** Makes each statement of the pool a span of the request that asks for it, the wait for a connection included. What no
 *  request asks for, such as jobs and polls, is left out. The text of statements has no values. */
export function traceQueries(pool: pg.Pool): void {
  traceCalls(pool);
  pool.on("connect", traceCalls);
}

/** The driver has no hook of its own, so its method is put behind one of ours. */
function traceCalls(target: pg.Pool | pg.PoolClient): void {
  const { query } = target;
  Object.assign(target, {
    query(...statement: unknown[]): unknown {
      const run = () => Reflect.apply(query, target, statement);
      // The pool itself passes its clients a callback; then its own call is the span. A COPY is no promise.
      const isNoPromise = typeof statement.at(-1) === "function" || isSubmittable(statement[0]);
      return isNoPromise || !trace.getActiveSpan()?.isRecording() ? run() : traced(textOf(statement[0]), run);
    },
  });
}

/** Runs a statement as a span of the request that asks for it; without one, as it is. */
export function tracedStatement<Result>(text: string, run: () => Promise<Result>): Promise<Result> {
  return trace.getActiveSpan()?.isRecording() ? traced(text, run) : run();
}

async function traced<Result>(text: string, run: () => Result | Promise<Result>): Promise<Result> {
  const attributes = { "db.system.name": "postgresql", "db.query.text": text };
  const [verb = "statement"] = text.trimStart().split(/\s/, 1);
  const span = trace.getTracer("airtime").startSpan(`SQL ${verb}`, { kind: SpanKind.CLIENT, attributes });
  try {
    return await run();
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    span.recordException(error instanceof Error ? error : String(error));
    throw error;
  } finally {
    span.end();
  }
}

function isSubmittable(statement: unknown): boolean {
  return typeof statement === "object" && statement !== null && "submit" in statement;
}

function textOf(statement: unknown): string {
  if (typeof statement === "string") return statement;
  const hasText = typeof statement === "object" && statement !== null && "text" in statement;
  return hasText && typeof statement.text === "string" ? statement.text : "";
}
