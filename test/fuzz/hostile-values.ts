import type { Random } from "../concurrency/random.ts";

/** What breaks programs that trust their input, as the JSON that is sent: some of it no value of ours could say. */
const HOSTILE_JSON: readonly string[] = [
  ...[
    "null",
    "true",
    "[]",
    "{}",
    '""',
    "0",
    "-1",
    "-0",
    "1e999",
    "-1e999",
    "1e-400",
    "9007199254740993",
    "0.00001",
  ],
  ...[
    "99999999999.9999",
    "100000000000",
    "1e15",
    "123456789012345678901234567890",
    "2147483648",
    "-2147483649",
    "1.5",
  ],
  // Halves of surrogate pairs, NUL, marks that change direction, an astral letter, a combining flood.
  ...[
    '"\\ud800"',
    '"\\udfff\\ud800"',
    '"a\\u0000b"',
    '"\\u202e\\u200f"',
    '"\\ud83d\\ude00"',
    `"${"e\u0301".repeat(200)}"`,
  ],
  ...['"\' or 1=1 --"', '"\'; drop table account; --"', '"$1"', '"%s%n"', '"{{7*7}}"', '"$(id)"', '"`id`"'],
  ...[
    '"../../../../etc/passwd"',
    '"<script>alert(1)</script>"',
    '"=cmd|calc"',
    '"\\r\\nSet-Cookie: x=1"',
    '"[object Object]"',
  ],
  ...[
    '{"__proto__":{"isAdmin":true}}',
    '{"constructor":{"prototype":{"x":1}}}',
    '{"toString":1,"valueOf":2}',
    '"__proto__"',
  ],
  ...[
    '{"a":1,"a":2}',
    "[null,[null,[null]]]",
    '{"":""}',
    '{"length":1e9}',
    '{"then":1}',
    '"constructor"',
    '"hasOwnProperty"',
  ],
  ...[
    '"0x10"',
    '"1e3"',
    '" 1"',
    '"NaN"',
    '"Infinity"',
    '"undefined"',
    '"0000-00-00T00:00:00Z"',
    '"2026-02-30T00:00:00Z"',
  ],
  ...[
    '"9999-12-31T23:59:59.999Z"',
    '"0001-01-01T00:00:00Z"',
    '"2026-01-01T00:00:00.000000000000001+23:59"',
    '"org_platform"',
  ],
];

/** One hostile value, as JSON text. */
export function hostileJson(random: Random): string {
  switch (random.below(12)) {
    case 0:
      return JSON.stringify("x".repeat(random.pick([255, 256, 1_000, 1_001, 70_000])));
    case 1:
      return `${"[".repeat(5_000)}${"]".repeat(5_000)}`;
    case 2:
      return `${'{"a":'.repeat(2_000)}1${"}".repeat(2_000)}`;
    case 3:
      return JSON.stringify(Array.from({ length: 1_500 }, (_, index) => index));
    case 4:
      return JSON.stringify(
        Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`key${index}`, index])),
      );
    default:
      return random.pick(HOSTILE_JSON);
  }
}

/** The same for a place in a path or query, percent-encoded or deliberately not. */
export function hostileText(random: Random): string {
  return random.pick([
    ...[
      "%00",
      "%ff%fe",
      "%ed%a0%80",
      "..",
      "%2e%2e%2f",
      "%2F",
      "%25",
      "%",
      "%zz",
      "%u0000",
      "'",
      "%27%20or%201=1--",
    ],
    ...[
      "x".repeat(255),
      "x".repeat(256),
      "x".repeat(4_000),
      "%F0%9F%98%80".repeat(60),
      "__proto__",
      "constructor",
    ],
    ...[
      "-1",
      "0",
      "1e3",
      "0x10",
      "999999999999999999999",
      "NaN",
      "null",
      "[]",
      "*",
      "%0d%0aX:1",
      "+",
      "%20",
      "txn_0",
      "platform",
    ],
  ]);
}

/** JSON text of an object in which one thing is not as it should be. */
export function distort(body: object, random: Random): string {
  const fields = Object.entries(body).map(([name, value]) => [JSON.stringify(name), JSON.stringify(value)]);
  const at = random.below(Math.max(1, fields.length));
  switch (random.below(6)) {
    case 0:
      fields.splice(at, 1);
      break;
    case 1:
      fields.push([random.pick(EXTRA_FIELDS), hostileJson(random)]);
      break;
    case 2:
      // The same field twice, with another value.
      fields.push([fields[at]?.[0] ?? '"id"', hostileJson(random)]);
      break;
    default:
      fields[at] = [fields[at]?.[0] ?? '"id"', hostileJson(random)];
  }
  return `{${fields.map(([name, value]) => `${name}:${value}`).join(",")}}`;
}

const EXTRA_FIELDS = [
  ...['"__proto__"', '"constructor"', '"prototype"', '"toString"', '"extra"', '""', '"\\u0000"', '"\\ud800"'],
  ...['"organization_id"', '"role"', '"is_admin"', '"balance"', '"$where"', '"amount"', '"then"'],
];
