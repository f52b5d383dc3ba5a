import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { SandboxContext } from "./context.ts";
import { openCheckout } from "./open-checkout.ts";
import { refundOrder } from "./place-order.ts";
import { createRateLimit } from "./rate-limit.ts";
import { refuse, sendDocument, sendRefusal } from "./refusal.ts";
import { checkoutResource, orderResource, type Resource, variantResource } from "./resource.ts";

/** Lemon Squeezy's own API, as far as this system and its checks need it. Source: lemon-squeezy.md sections 2 to 4. */
export function registerApiRoutes(server: FastifyInstance, context: SandboxContext): void {
  const { state } = context.store;
  server.register(async (api) => {
    guard(api, context);

    api.post("/v1/checkouts", async (request, reply) => {
      const checkout = await openCheckout(context, request.body);
      if ("kind" in checkout) return sendRefusal(reply, checkout);
      return sendResource(reply, 201, checkoutResource(context, checkout));
    });
    api.get<ById>("/v1/checkouts/:id", async (request, reply) => {
      const checkout = state.checkouts.get(request.params.id);
      return checkout === undefined
        ? sendRefusal(reply, notFound)
        : sendResource(reply, 200, checkoutResource(context, checkout));
    });
    api.get("/v1/orders", (request, reply) => listOrders(context, request, reply));
    api.get<ById>("/v1/orders/:id", async (request, reply) => {
      const order = state.orders.get(request.params.id);
      return order === undefined
        ? sendRefusal(reply, notFound)
        : sendResource(reply, 200, orderResource(context, order));
    });
    api.post<ById>("/v1/orders/:id/refund", async (request, reply) => {
      const order = state.orders.get(request.params.id);
      if (order === undefined) return sendRefusal(reply, notFound);
      const body = refundBody.safeParse(request.body ?? {});
      if (!body.success) return sendRefusal(reply, amountInvalid);
      const refunded = await refundOrder(context, order, body.data.data?.attributes?.amount ?? null);
      if ("kind" in refunded) return sendRefusal(reply, refunded);
      return sendResource(reply, 200, orderResource(context, refunded));
    });
    api.get("/v1/variants", async (_request, reply) => {
      const data = context.variants.map((variant, index) => variantResource(context, variant, index + 1));
      return sendDocument(reply, 200, { data });
    });
    api.get<ById>("/v1/variants/:id", async (request, reply) => {
      const index = context.variants.findIndex((variant) => variant.variantId === request.params.id);
      const variant = context.variants[index];
      return variant === undefined
        ? sendRefusal(reply, notFound)
        : sendResource(reply, 200, variantResource(context, variant, index + 1));
    });
  });
}

type ById = { Params: { id: string } };

const notFound = refuse(404, "The requested resource does not exist.");
const amountInvalid = refuse(422, "The amount must be a positive whole number.", "/data/attributes/amount");

const refundBody = z.object({
  data: z.object({ attributes: z.object({ amount: z.int().positive().nullish() }).nullish() }).nullish(),
});

const listQuery = z.object({
  "filter[store_id]": z.string().optional(),
  "filter[user_email]": z.string().optional(),
  "filter[order_number]": z.string().optional(),
  "page[number]": z.coerce.number().int().positive().default(1),
  "page[size]": z.coerce.number().int().positive().max(100).default(10),
});

/** Refuses in the provider's order: no key, too many calls, then the fault that is on. */
function guard(api: FastifyInstance, context: SandboxContext): void {
  const admit = createRateLimit(context.rateLimitPerMinute);
  api.addHook("onRequest", async (request, reply) => {
    const key = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
    if (key === undefined) return sendRefusal(reply, refuse(401, "Unauthenticated."));
    const { admitted, remaining } = admit(key, Date.now());
    reply.header("X-Ratelimit-Limit", context.rateLimitPerMinute);
    reply.header("X-Ratelimit-Remaining", remaining);
    if (!admitted) return sendRefusal(reply, refuse(429, "Too many requests."));
    return sendFault(context.store.state.faults, reply);
  });
}

/** What the faults that are on make of a call; undefined when it is answered as it should be. */
async function sendFault(
  faults: SandboxContext["store"]["state"]["faults"],
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  if (faults.api_delay_ms > 0) await new Promise((resolve) => setTimeout(resolve, faults.api_delay_ms));
  const status = faults.fail_api ? 503 : faults.api_status;
  if (status !== 0) {
    if (faults.api_retry_after_seconds > 0) reply.header("Retry-After", faults.api_retry_after_seconds);
    return sendRefusal(reply, refuse(status, "A fault that is set on the sandbox."));
  }
  if (!faults.api_garbage) return undefined;
  return reply.code(200).type("text/html; charset=utf-8").send("<!doctype html><title>Be right back</title>");
}

async function listOrders(
  context: SandboxContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const query = listQuery.safeParse(request.query);
  if (!query.success) return sendRefusal(reply, refuse(400, z.prettifyError(query.error)));
  const { "page[number]": page, "page[size]": size } = query.data;
  const orders = matchingOrders(context, query.data);
  const shown = orders.slice((page - 1) * size, page * size);
  const lastPage = Math.max(1, Math.ceil(orders.length / size));
  const from = shown.length === 0 ? null : (page - 1) * size + 1;
  return sendDocument(reply, 200, {
    meta: {
      page: {
        currentPage: page,
        from,
        lastPage,
        perPage: size,
        to: from === null ? null : from + shown.length - 1,
        total: orders.length,
      },
    },
    links: pageLinks(context, query.data, lastPage),
    data: shown.map((order) => orderResource(context, order)),
  });
}

function matchingOrders(context: SandboxContext, query: z.infer<typeof listQuery>) {
  const storeId = query["filter[store_id]"];
  const email = query["filter[user_email]"];
  const number = query["filter[order_number]"];
  if (storeId !== undefined && storeId !== context.storeId) return [];
  const matching = [...context.store.state.orders.values()].filter(
    (order) =>
      (email === undefined || order.userEmail === email) &&
      (number === undefined || String(order.number) === number),
  );
  // Ids rise with time: the newest is the last one in.
  return matching.reverse();
}

function pageLinks(context: SandboxContext, query: z.infer<typeof listQuery>, lastPage: number) {
  const page = query["page[number]"];
  const linkTo = (number: number) => {
    const parameters = new URLSearchParams({ sort: "-createdAt" });
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) parameters.set(name, String(value));
    }
    parameters.set("page[number]", String(number));
    return `${context.url()}/v1/orders?${parameters}`;
  };
  return {
    first: linkTo(1),
    last: linkTo(lastPage),
    ...(page > 1 ? { prev: linkTo(page - 1) } : {}),
    ...(page < lastPage ? { next: linkTo(page + 1) } : {}),
  };
}

function sendResource(reply: FastifyReply, status: number, resource: Resource): FastifyReply {
  return sendDocument(reply, status, { links: { self: resource.links.self }, data: resource });
}
