import type { FastifyReply } from "fastify";

/** Something the sandbox says no to, with the status its model answers. `pointer` names the field, JSON:API style. */
export type ApiRefusal = {
  readonly kind: "refused";
  readonly status: number;
  readonly details: readonly { readonly detail: string; readonly pointer?: string }[];
};

/** Answers in the provider's error shape: `{ errors: [{ detail, source, status, title }] }`. */
export function sendRefusal(reply: FastifyReply, refusal: ApiRefusal): FastifyReply {
  const errors = refusal.details.map(({ detail, pointer }) => ({
    detail,
    ...(pointer === undefined ? {} : { source: { pointer } }),
    status: String(refusal.status),
    title: titles[refusal.status] ?? "Error",
  }));
  return reply
    .code(refusal.status)
    .type(jsonApiType)
    .send(JSON.stringify({ jsonapi: { version: "1.0" }, errors }));
}

/** Answers a JSON:API document. */
export function sendDocument(reply: FastifyReply, status: number, document: object): FastifyReply {
  return reply
    .code(status)
    .type(jsonApiType)
    .send(JSON.stringify({ jsonapi: { version: "1.0" }, ...document }));
}

export function refuse(status: number, detail: string, pointer?: string): ApiRefusal {
  return { kind: "refused", status, details: [pointer === undefined ? { detail } : { detail, pointer }] };
}

/** The provider's media type, without which its SDK does not read an answer. */
const jsonApiType = "application/vnd.api+json";

const titles: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  410: "Gone",
  413: "Payload Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Entity",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};
