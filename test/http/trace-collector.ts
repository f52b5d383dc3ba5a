import { once } from "node:events";
import { createServer } from "node:http";

/** An OTLP/HTTP collector that keeps the spans it is sent. */
export async function startTraceCollector() {
  const spans: Span[] = [];
  const services = new Set<string>();
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    for (const { resource, scopeSpans } of JSON.parse(body).resourceSpans) {
      services.add(fieldsOf(resource.attributes)["service.name"] ?? "");
      for (const scope of scopeSpans) for (const span of scope.spans) spans.push(spanOf(span));
    }
    response.setHeader("content-type", "application/json");
    response.end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : null;
  return {
    url: `http://127.0.0.1:${port}`,
    spans: spans as readonly Span[],
    services,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

export type Span = {
  readonly name: string;
  readonly traceId: string;
  readonly id: string;
  readonly parentId: string;
  readonly fields: Readonly<Record<string, string>>;
};

type SentSpan = {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly SentAttribute[];
};

type SentAttribute = { readonly key: string; readonly value: Readonly<Record<string, unknown>> };

function spanOf({ name, traceId, spanId, parentSpanId = "", attributes }: SentSpan): Span {
  return { name, traceId, id: spanId, parentId: parentSpanId, fields: fieldsOf(attributes) };
}

function fieldsOf(attributes: readonly SentAttribute[]): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, String(Object.values(value)[0])]));
}
