import { z } from "zod";
import { type Order, orderResource, problemsOf } from "./order.ts";

/** The calls this system makes to Lemon Squeezy. Expected failures are values, never exceptions. */
export type LemonSqueezyClient = {
  /** Opens a checkout that offers one variant and carries `custom` to the order's webhooks.
   *  Refusals by the provider (unknown variant, wrong key) are "provider_refused". */
  readonly createCheckout: (
    request: CheckoutRequest,
  ) => Promise<({ kind: "ok" } & Checkout) | ProviderFailure>;
  /** One order as it stands now. An unknown id is "provider_refused" with status 404. */
  readonly getOrder: (orderId: string) => Promise<{ kind: "ok"; order: Order } | ProviderFailure>;
  /** Orders of the store, newest first, 100 a page, pages from 1. Orders that arrive between two calls shift the pages:
   *  the caller drops repeats by id. An order that does not parse does not hide its neighbours: see `unreadable`. */
  readonly listOrders: (page: number) => Promise<({ kind: "ok" } & OrderPage) | ProviderFailure>;
};

export type CheckoutRequest = {
  readonly variantId: string;
  readonly redirectUrl: string;
  readonly expiresAt: Date;
  readonly testMode: boolean;
  /** Filled in for the buyer, who may change it. It is also the one trace of them in an order read by API. */
  readonly buyer?: { readonly name: string; readonly email: string };
  readonly custom: {
    readonly checkout_id: string;
    readonly organization_id: string;
    readonly user_id: string;
  };
};

type Checkout = {
  readonly providerCheckoutId: string;
  readonly url: string;
  readonly expiresAt: Date | null;
};

type OrderPage = {
  readonly orders: readonly Order[];
  readonly unreadable: readonly { readonly orderId: string | null; readonly reason: string }[];
  readonly page: number;
  readonly lastPage: number;
  readonly total: number;
};

/** `provider_down`: no usable answer after all tries (network, timeout, 429, 5xx); later may work.
 *  `provider_refused`: it said no (4xx), and the same request will be refused again.
 *  `provider_garbled`: it answered success with something that is not what its documentation says. */
export type ProviderFailure =
  | { readonly kind: "provider_down"; readonly status: number | null; readonly reason: string }
  | { readonly kind: "provider_refused"; readonly status: number; readonly reason: string }
  | { readonly kind: "provider_garbled"; readonly status: number; readonly reason: string };

export type LemonSqueezyClientOptions = {
  /** Without the version, for example https://api.lemonsqueezy.com */
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly storeId: string;
  /** Bound of one try, from connecting to the last byte of the answer. */
  readonly timeoutMs: number;
  /** Bound of a call with all its tries and pauses: somebody waits for it, and holds a connection. Default 10 s. */
  readonly callTimeoutMs?: number;
  /** Pauses before the second, third… try; their number bounds the tries. Default 250 ms, 1 s. */
  readonly retryDelaysMs?: readonly number[];
  readonly fetch?: typeof fetch;
};

/** A client of our own: the vendor's SDK cannot be pointed elsewhere, has no timeout and hides failures
 *  (lemon-squeezy.md section 1). */
export function createLemonSqueezyClient(options: LemonSqueezyClientOptions): LemonSqueezyClient {
  return {
    async createCheckout(request) {
      // Safe to repeat: a checkout nobody opens costs nothing and expires.
      const answer = await send(options, "POST", "/v1/checkouts", checkoutBody(options.storeId, request));
      return readAnswer(answer, checkoutDocument);
    },
    async getOrder(orderId) {
      const answer = await send(options, "GET", `/v1/orders/${encodeURIComponent(orderId)}`);
      return readAnswer(answer, orderDocument);
    },
    async listOrders(page) {
      const query = new URLSearchParams({
        "filter[store_id]": options.storeId,
        "page[number]": String(page),
        "page[size]": String(ordersPerPage),
      });
      return readAnswer(await send(options, "GET", `/v1/orders?${query}`), orderListDocument);
    },
  };
}

// The most the provider gives; reconciliation then needs the fewest calls of the 300 a minute.
const ordersPerPage = 100;
const defaultRetryDelaysMs: readonly number[] = [250, 1_000];
const defaultCallTimeoutMs = 10_000;
// A provider that asks for a longer pause is down as far as a waiting buyer is concerned.
const retryAfterMaxMs = 5_000;

type Answer = { readonly kind: "answer"; readonly status: number; readonly text: string };

const checkoutDocument = z
  .object({
    data: z.object({
      type: z.literal("checkouts"),
      id: z.string().min(1),
      attributes: z.object({
        url: z.url({ protocol: /^https?$/ }),
        expires_at: z.iso.datetime({ offset: true }).nullish(),
      }),
    }),
  })
  .transform(({ data }) => ({
    providerCheckoutId: data.id,
    url: data.attributes.url,
    expiresAt: data.attributes.expires_at ? new Date(data.attributes.expires_at) : null,
  }));

const orderDocument = z.object({ data: orderResource }).transform(({ data }) => ({ order: data }));

const orderListDocument = z
  .object({
    data: z.array(z.unknown()),
    meta: z.object({
      page: z.object({
        currentPage: z.int().positive(),
        lastPage: z.int().nonnegative(),
        total: z.int().nonnegative(),
      }),
    }),
  })
  .transform(({ data, meta }): OrderPage => {
    const parsed = data.map((entry) => ({ entry, result: orderResource.safeParse(entry) }));
    return {
      orders: parsed.flatMap(({ result }) => (result.success ? [result.data] : [])),
      unreadable: parsed.flatMap(({ entry, result }) =>
        result.success ? [] : [{ orderId: idIn(entry), reason: problemsOf(result.error) }],
      ),
      page: meta.page.currentPage,
      lastPage: meta.page.lastPage,
      total: meta.page.total,
    };
  });

const withId = z.looseObject({ id: z.union([z.string(), z.int()]).transform(String) });

function idIn(entry: unknown): string | null {
  const parsed = withId.safeParse(entry);
  return parsed.success ? parsed.data.id : null;
}

function checkoutBody(storeId: string, request: CheckoutRequest): unknown {
  return {
    data: {
      type: "checkouts",
      attributes: {
        product_options: {
          redirect_url: request.redirectUrl,
          // Otherwise the page offers every variant of the product.
          enabled_variants: [Number(request.variantId)],
        },
        checkout_options: { embed: true },
        // Custom values must be text: numbers are answered with 422.
        checkout_data: { ...request.buyer, custom: request.custom },
        expires_at: request.expiresAt.toISOString(),
        test_mode: request.testMode,
      },
      relationships: {
        store: { data: { type: "stores", id: storeId } },
        variant: { data: { type: "variants", id: request.variantId } },
      },
    },
  };
}

async function send(
  options: LemonSqueezyClientOptions,
  method: "GET" | "POST",
  path: string,
  body?: unknown,
): Promise<Answer | ProviderFailure> {
  const delaysMs = options.retryDelaysMs ?? defaultRetryDelaysMs;
  const endsAt = performance.now() + (options.callTimeoutMs ?? defaultCallTimeoutMs);
  for (let retry = 0; ; retry += 1) {
    const timeoutMs = Math.max(1, Math.min(options.timeoutMs, endsAt - performance.now()));
    const outcome = await sendOnce({ ...options, timeoutMs }, method, path, body);
    if (outcome.kind === "answer") return outcome;
    const delayMs = delaysMs[retry];
    if (delayMs === undefined || outcome.retryAfterMs > retryAfterMaxMs) return outcome.failure;
    // Up to half as much again, so that processes that failed together do not come back together.
    const pauseMs = Math.max(outcome.retryAfterMs, delayMs * (1 + Math.random() / 2));
    if (performance.now() + pauseMs >= endsAt) return outcome.failure;
    await pause(pauseMs);
  }
}

type Interrupted = {
  readonly kind: "interrupted";
  readonly failure: ProviderFailure;
  readonly retryAfterMs: number;
};

async function sendOnce(
  options: LemonSqueezyClientOptions,
  method: "GET" | "POST",
  path: string,
  body: unknown,
): Promise<Answer | Interrupted> {
  try {
    const response = await (options.fetch ?? fetch)(`${options.apiUrl.replace(/\/+$/, "")}${path}`, {
      method,
      headers: {
        accept: "application/vnd.api+json",
        "content-type": "application/vnd.api+json",
        authorization: `Bearer ${options.apiKey}`,
      },
      // The key must not follow a redirect to another host.
      redirect: "manual",
      signal: AbortSignal.timeout(Math.ceil(options.timeoutMs)),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.status !== 429 && response.status < 500) {
      return { kind: "answer", status: response.status, text };
    }
    const failure = { kind: "provider_down", status: response.status, reason: reasonIn(text) } as const;
    return { kind: "interrupted", failure, retryAfterMs: retryAfterMsOf(response) };
  } catch (error) {
    const reason = error instanceof Error ? networkReasonOf(error) : "no answer";
    const failure = { kind: "provider_down", status: null, reason } as const;
    return { kind: "interrupted", failure, retryAfterMs: 0 };
  }
}

function readAnswer<Content extends object>(
  answer: Answer | ProviderFailure,
  document: z.ZodType<Content>,
): ({ kind: "ok" } & Content) | ProviderFailure {
  if (answer.kind !== "answer") return answer;
  const { status, text } = answer;
  if (status >= 400) return { kind: "provider_refused", status, reason: reasonIn(text) };
  if (status < 200 || status >= 300) return { kind: "provider_garbled", status, reason: "not a success" };
  const json = jsonIn(text);
  if (json === undefined) return { kind: "provider_garbled", status, reason: "answer is not JSON" };
  const parsed = document.safeParse(json);
  if (!parsed.success) return { kind: "provider_garbled", status, reason: problemsOf(parsed.error) };
  return { kind: "ok", ...parsed.data };
}

const errorDocument = z.object({
  errors: z.array(z.object({ detail: z.string().optional(), title: z.string().optional() })).min(1),
});

/** What the provider gave as the reason, cut to a line for a log. */
function reasonIn(text: string): string {
  const parsed = errorDocument.safeParse(jsonIn(text));
  if (!parsed.success) return "no reason given";
  return parsed.data.errors
    .map((error) => error.detail ?? error.title ?? "no reason given")
    .join("; ")
    .slice(0, 500);
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function retryAfterMsOf(response: Response): number {
  const seconds = Number(response.headers.get("retry-after") ?? "0");
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : 0;
}

function networkReasonOf(error: Error): string {
  if (error.name === "TimeoutError") return "timed out";
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
