import { noteServerTime } from "./server-clock.ts";

/** Asks the service and answers its JSON. Throws {@link ApiProblem} for every refusal and for a service out of reach (code `unreachable`). */
export async function request<Answer>(path: string, options: RequestOptions = {}): Promise<Answer> {
  const response = await send(path, options);
  noteServerTime(response.headers.get("date"));
  const body = await readBody(response);
  if (!response.ok) throw new ApiProblem(response.status, problemOf(body));
  return body as Answer;
}

export interface RequestOptions {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  body?: unknown;
  signal?: AbortSignal;
}

/** A refusal of the service (RFC 9457). Branch on `code`, show `message`. */
export class ApiProblem extends Error {
  override name = "ApiProblem";
  readonly status: number;
  readonly code: string;
  readonly fields: { path: string; message: string }[];

  constructor(status: number, problem: Problem) {
    super(
      problem.detail ??
        problem.message ??
        problem.title ??
        "The service could not answer. Please try again later.",
    );
    this.status = status;
    this.code = problem.code ?? "unknown";
    this.fields = problem.errors ?? [];
  }
}

interface Problem {
  code?: string;
  title?: string;
  detail?: string;
  /** The sign-in library's own field. */
  message?: string;
  errors?: { path: string; message: string }[];
}

async function send(path: string, { method = "GET", body, signal }: RequestOptions): Promise<Response> {
  try {
    return await fetch(path, {
      method,
      credentials: "same-origin",
      headers: body === undefined ? { accept: "application/json" } : JSON_HEADERS,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiProblem(0, {
      code: "unreachable",
      detail: "Airtime can't be reached. Check your connection.",
    });
  }
}

const JSON_HEADERS = { accept: "application/json", "content-type": "application/json" };

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function problemOf(body: unknown): Problem {
  return typeof body === "object" && body !== null ? (body as Problem) : {};
}
