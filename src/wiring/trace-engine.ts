import { context, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { PostingEngine } from "../storage/posting/engine.ts";
import type { EngineWatch, TransactionWatch } from "../storage/posting/engine-watch.ts";
import type { Submission } from "../storage/posting/fold.ts";

/** Traces of the posting engine. A command is a span from its submission to its answer; each database transaction that it
 *  goes through is one below it, the time before it is the wait in the queue. Many commands share a transaction: each of
 *  their traces shows it, with how many they were. */
export function createEngineTraces(): EngineTraces {
  const tracer = trace.getTracer("airtime");
  const commands = new WeakMap<Submission, Span>();
  return {
    traceSubmissions: (engine) => ({
      ...engine,
      async submit(submission) {
        const attributes = { "airtime.organization_id": submission.organizationId };
        const span = tracer.startSpan(`post ${submission.command.kind}`, { attributes }, context.active());
        if (span.isRecording()) commands.set(submission, span);
        try {
          const outcome = await engine.submit(submission);
          span.setAttribute("airtime.outcome", outcome.kind);
          return outcome;
        } catch (error) {
          fail(span, error);
          throw error;
        } finally {
          span.end();
        }
      },
    }),
    watch(submissions) {
      const traced = submissions.flatMap((submission) => commands.get(submission) ?? []);
      return traced.length === 0 ? UNWATCHED : watchFor(traced, submissions.length);
    },
  };
}

export type EngineTraces = {
  traceSubmissions(engine: PostingEngine): PostingEngine;
  readonly watch: EngineWatch;
};

const nothing = () => {};
const UNWATCHED: TransactionWatch = {
  loaded: nothing,
  decided: nothing,
  committed: nothing,
  failed: nothing,
};

/** @param traced the commands of the transaction that are part of a trace. */
function watchFor(traced: readonly Span[], commandCount: number): TransactionWatch {
  const transactions = traced.map((parent) =>
    below(parent, "engine transaction", { "airtime.commands": commandCount }),
  );
  const stage = (name: string, attributes = {}) =>
    transactions.map((parent) => below(parent, name, attributes));
  let current = stage("SQL lock and load", SQL);
  const next = (spans: Span[]) => {
    for (const span of current) span.end();
    current = spans;
  };
  const end = () => {
    next([]);
    for (const span of transactions) span.end();
  };
  return {
    loaded: () => next(stage("decide")),
    decided: () => next(stage("SQL write and commit", SQL)),
    committed: end,
    failed(error) {
      for (const span of transactions) fail(span, error);
      end();
    },
  };
}

const SQL = { "db.system.name": "postgresql" };

function below(parent: Span, name: string, attributes: Record<string, string | number>): Span {
  const kind = "db.system.name" in attributes ? SpanKind.CLIENT : SpanKind.INTERNAL;
  return trace
    .getTracer("airtime")
    .startSpan(name, { kind, attributes }, trace.setSpan(ROOT_CONTEXT, parent));
}

function fail(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.recordException(error instanceof Error ? error : String(error));
}
