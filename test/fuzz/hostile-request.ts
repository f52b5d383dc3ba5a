import { createHmac } from "node:crypto";
import type { Random } from "../concurrency/random.ts";
import { distort, hostileJson, hostileText } from "./hostile-values.ts";
import type { Operation } from "./operations.ts";
import { type KnownIds, sample } from "./sample.ts";

export type HostileRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
  readonly isAllowed: boolean;
};

export type Credential = {
  readonly headers: Readonly<Record<string, string>>;
  /** Whether it is somebody who may do what the route does. */
  readonly isAllowed: boolean;
};

export type Attacker = {
  readonly ids: KnownIds;
  /** Mostly of somebody who may do what the route does, sometimes of somebody else, or nobody's. */
  readonly credentialFor: (operation: Operation, random: Random) => Credential;
  readonly webhookSecret: string;
};

/** A request to the route that is wrong in some way, most often in one, and sometimes in none. */
export function hostileRequest(operation: Operation, random: Random, attacker: Attacker): HostileRequest {
  const { method } = operation;
  const body = method === "GET" ? null : bodyOf(operation, random, attacker.ids);
  const credential = attacker.credentialFor(operation, random);
  const headers: Record<string, string> = { ...credential.headers };
  if (body !== null)
    headers["content-type"] = random.below(20) === 0 ? random.pick(MEDIA_TYPES) : "application/json";
  if (random.below(6) === 0) Object.assign(headers, hostileHeader(random));
  // Without it the client would not say where the body of a DELETE ends.
  if (body !== null) headers["content-length"] = String(body.length);
  // A forged body with a signature that is right: what is in it has to be survived as well.
  if (operation.path === "/lemon-squeezy/webhook" && body !== null && random.below(5) > 0)
    headers["x-signature"] = createHmac("sha256", attacker.webhookSecret).update(body).digest("hex");
  const { isAllowed } = credential;
  return { method, path: pathOf(operation, random, attacker.ids), headers, body, isAllowed };
}

function bodyOf(operation: Operation, random: Random, ids: KnownIds): Buffer | null {
  const { body: schema, path } = operation;
  const whole =
    path === "/lemon-squeezy/webhook" ? paymentEvent(random, ids) : sample(schema ?? {}, "body", random, ids);
  switch (random.below(12)) {
    case 0:
      return Buffer.from(random.pick(BROKEN));
    case 1:
      return Buffer.from(hostileJson(random));
    case 2:
      // Bytes that are no UTF-8.
      return Buffer.concat([
        Buffer.from('{"a":"'),
        Buffer.from([0xff, 0xc0, 0x80, 0xed, 0xa0, 0x80]),
        Buffer.from('"}'),
      ]);
    case 3:
      return random.below(30) === 0 ? Buffer.alloc(1_100_000, 0x20) : null;
    case 4:
    case 5:
    case 6:
      return Buffer.from(JSON.stringify(whole) ?? "");
    default: {
      if (typeof whole !== "object" || whole === null) return Buffer.from(hostileJson(random));
      return Buffer.from(distortDeep(whole, random));
    }
  }
}

/** One level down as well, where there is one: events of a batch, artifacts of a session. */
function distortDeep(body: object, random: Random): string {
  const nested = Object.entries(body).find(
    ([, value]) => Array.isArray(value) && typeof value[0] === "object",
  );
  if (nested === undefined || random.below(2) === 0) return distort(body, random);
  const [field, items] = nested;
  const inner = Array.isArray(items) ? items.map((item) => distort(item ?? {}, random)) : [];
  const { [field]: _, ...rest } = Object.fromEntries(Object.entries(body));
  const outer = JSON.stringify(rest).slice(1, -1);
  return `{${outer}${outer === "" ? "" : ","}${JSON.stringify(field)}:[${inner.join(",")}]}`;
}

function pathOf({ path, parameters }: Operation, random: Random, ids: KnownIds): string {
  const isHostile = random.below(6) === 0;
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (isHostile && random.below(2) === 0) return hostileText(random);
    const isOrganization = name === "id" && path.startsWith("/api/organizations/");
    return encodeURIComponent(random.pick(ids[isOrganization ? "organization_id" : name] ?? ["nothing"]));
  });
  const query: string[] = [];
  for (const { name, in: place, schema } of parameters) {
    if (place !== "query" || random.below(3) > 0) continue;
    const value = isHostile
      ? hostileText(random)
      : encodeURIComponent(String(sample(schema, name, random, ids)));
    query.push(`${name}=${value}`);
  }
  if (random.below(15) === 0)
    query.push(random.pick(["__proto__=1", "limit=1&limit=2", "a[b]=c", "=", "&&", "%=%"]));
  return query.length === 0 ? filled : `${filled}?${query.join("&")}`;
}

function hostileHeader(random: Random): Record<string, string> {
  return random.pick<Record<string, string>>([
    {
      "idempotency-key": random.pick([
        "",
        " ",
        "x".repeat(300),
        "\xff\xfe",
        "same",
        `key-${random.below(50)}`,
      ]),
    },
    { "x-request-id": random.pick(["<script>", "a".repeat(200), "\xe9", "ok-1"]) },
    { "x-forwarded-for": random.pick(["1.2.3.4", "'; drop table", ", , ,", "::1".repeat(50)]) },
    { "content-encoding": random.pick(["gzip", "br", "x"]) },
    { accept: random.pick(["text/html", "*/*;q=2", "application/xml", ""]) },
    { "user-agent": random.pick(["\xff".repeat(400), "", "() { :; }; id", "x".repeat(2_000)]) },
    { "x-signature": random.pick(["0".repeat(64), "z", ""]) },
    { origin: random.pick(["https://evil.example", "null", "http://[::1", ""]) },
    {
      cookie: random.pick([
        "airtime.session_token=%00",
        "airtime.session_token=a.b",
        "=;;=",
        "a=".repeat(500),
      ]),
    },
    { "content-type": random.pick(MEDIA_TYPES) },
  ]);
}

function paymentEvent(random: Random, ids: KnownIds): object {
  const custom = {
    checkout_id: "chk_0",
    organization_id: random.pick(ids.organization_id ?? ["x"]),
    user_id: "usr_0",
  };
  return {
    meta: {
      event_name: random.pick(["order_created", "order_refunded", "x"]),
      test_mode: true,
      custom_data: custom,
    },
    data: {
      type: "orders",
      id: String(random.below(1_000)),
      attributes: {
        store_id: random.below(3),
        status: random.pick(["paid", "pending", "refunded", "x"]),
        total: random.pick<unknown>([1_000, -5, "x", null, 1e20]),
        currency: "USD",
        first_order_item: {
          variant_id: random.below(10),
          quantity: random.pick<unknown>([1, 0, -1, 1e9, "2"]),
        },
        created_at: "2026-01-01T00:00:00.000000Z",
        updated_at: random.pick(["2026-01-01T00:00:00.000000Z", "never"]),
      },
    },
  };
}

const BROKEN = [
  "{",
  "}",
  "nope",
  "[1,",
  '{"a":}',
  "\ufeff{}",
  '{"a":1}{"b":2}',
  "'a'",
  "NaN",
  '{"a":\u0000}',
  '"unclosed',
  "/**/{}",
];

const MEDIA_TYPES = [
  ...[
    "text/plain",
    "application/xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "x",
  ],
  ...[
    "application/json; charset=utf-16",
    "application/jsonp",
    "application/json, text/html",
    "APPLICATION/JSON",
    "",
  ],
];
