import { context, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { PostingEngine } from "../storage/posting/engine.ts";
import type { EngineWatch, TransactionWatch } from "../storage/posting/engine-watch.ts";
import type { Submission } from "../storage/posting/fold.ts";

/** Traces of the posting engine. A command, or all those of one request, is a span from submission to answer; each
 *  database transaction that it goes through is one below it, the time before it is the wait in the queue. Many commands
 *  share a transaction: each of their traces shows it, with how many they were. */
export function createEngineTraces(): EngineTraces {
  const tracer = trace.getTracer("airtime");
  const spans = new WeakMap<Submission, Span>();

  /** Makes a span of the submissions' way through the engine. */
  async function tracing<T>(
    submissions: readonly Submission[],
    post: (span: Span) => Promise<T>,
  ): Promise<T> {
    const { organizationId, command } = submissions[0] ?? {};
    const attributes = { "airtime.organization_id": organizationId, "airtime.commands": submissions.length };
    const span = tracer.startSpan(`post ${command?.kind ?? "nothing"}`, { attributes }, context.active());
    if (span.isRecording()) for (const submission of submissions) spans.set(submission, span);
    try {
      return await post(span);
    } catch (error) {
      fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  }

  return {
    traceSubmissions: (engine) => ({
      ...engine,
      submit: (submission) =>
        tracing([submission], async (span) => {
          const outcome = await engine.submit(submission);
          span.setAttribute("airtime.outcome", outcome.kind);
          return outcome;
        }),
      submitMany: (submissions) => tracing(submissions, () => engine.submitMany(submissions)),
    }),
    watch(submissions) {
      const traced = new Set(submissions.flatMap((submission) => spans.get(submission) ?? []));
      return traced.size === 0 ? UNWATCHED : watchFor([...traced], submissions.length);
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

/** @param traced what the transaction is a part of, in the traces that there are. */
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
