import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import {
  type AddressPolicy,
  hostOf,
  isAllowedAddress,
  problemOfUrl,
} from "../../application/webhook-address.ts";
import type { ResolveHost } from "./resolve-host.ts";

/** Posts a body to a webhook and says what came of it. The address is checked here, and the connection goes to the very
 *  address that was checked: a name that leads elsewhere a moment later changes nothing. Redirects are not followed.
 *  Ends within the time given whatever the receiver does, and reads little of what it answers. */
export function createPostMessage(settings: PostSettings): PostMessage {
  const { policy, resolve, timeoutMs = TIMEOUT_MS } = settings;
  return async ({ url: text, headers, body, signal }) => {
    const startedAt = performance.now();
    const durationMs = () => Math.round(performance.now() - startedAt);
    const deadline = AbortSignal.any([AbortSignal.timeout(timeoutMs), signal]);
    try {
      const url = new URL(text);
      const problem = problemOfUrl(text, policy);
      if (problem !== null) throw new Refused(`The URL is refused: ${problem.toLowerCase()}.`);
      const addresses = await within(deadline, allowedAddresses(hostOf(url), policy, resolve));
      const answer = await exchange(url, addresses, { headers, body, signal: deadline });
      return { kind: "answered", ...answer, durationMs: durationMs() };
    } catch (error) {
      if (signal.aborted) return { kind: "interrupted" };
      return { kind: "unanswered", error: explain(error, deadline, timeoutMs), durationMs: durationMs() };
    }
  };
}

export type PostMessage = (message: {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Aborted when the service has to stop. */
  readonly signal: AbortSignal;
}) => Promise<Posted>;

export type Posted =
  | { readonly kind: "answered"; readonly status: number; readonly text: string; readonly durationMs: number }
  | { readonly kind: "unanswered"; readonly error: string; readonly durationMs: number }
  /** The service stopped meanwhile: it is not known what the receiver did. */
  | { readonly kind: "interrupted" };

export type PostSettings = {
  readonly policy: AddressPolicy;
  readonly resolve: ResolveHost;
  readonly timeoutMs?: number;
};

const TIMEOUT_MS = 10_000;
/** Enough to see what went wrong. */
const ANSWER_BYTES_MAX = 2_048;

class Refused extends Error {}

async function allowedAddresses(
  host: string,
  policy: AddressPolicy,
  resolve: ResolveHost,
): Promise<readonly string[]> {
  const addresses = isIP(host) === 0 ? await resolve(host) : [host];
  // One that leads inside makes the name suspect as a whole.
  const isSuspect = addresses.some((address) => !isAllowedAddress(address, policy));
  if (isSuspect) throw new Refused("The name leads into an internal network: nothing was sent.");
  return addresses;
}

type Exchange = {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
};

function exchange(
  url: URL,
  addresses: readonly string[],
  { headers, body, signal }: Exchange,
): Promise<{ readonly status: number; readonly text: string }> {
  const request = url.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sending = request(url, {
      method: "POST",
      headers: { ...headers, "content-length": Buffer.byteLength(body) },
      // A connection of its own, so that every attempt goes to an address that was checked for it.
      agent: false,
      lookup: pinnedTo(addresses),
      maxHeaderSize: 16_384,
      signal,
    });
    sending.on("error", reject);
    sending.on("response", (response) => {
      const status = response.statusCode ?? 0;
      // Who breaks off after saying yes has said yes.
      sending.removeListener("error", reject).on("error", () => {});
      readSome(response, (text) => {
        resolve({ status, text });
        sending.destroy();
      });
    });
    sending.end(body);
  });
}

/** Instead of a lookup when the connection is made: the addresses that were checked, and no others. */
function pinnedTo(addresses: readonly string[]): LookupFunction {
  const entries = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, options, callback) => {
    const [first] = entries;
    if (options.all === true) callback(null, entries);
    else if (first !== undefined) callback(null, first.address, first.family);
  };
}

/** The beginning of the answer, when that is there or nothing more is to come: the status is what counts. */
function readSome(response: IncomingMessage, done: (text: string) => void): void {
  const parts: Buffer[] = [];
  let bytes = 0;
  const finish = () => done(Buffer.concat(parts).subarray(0, ANSWER_BYTES_MAX).toString());
  response.on("data", (part: Buffer) => {
    parts.push(part);
    bytes += part.length;
    if (bytes >= ANSWER_BYTES_MAX) finish();
  });
  response.on("error", () => {}); // it closes, too
  response.on("close", finish);
}

function within<Value>(signal: AbortSignal, work: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const give = () => reject(signal.reason);
    if (signal.aborted) give();
    signal.addEventListener("abort", give, { once: true });
    work.then(resolve, reject);
  });
}

/** For the organization's eyes: what went wrong on the way to their receiver. */
function explain(error: unknown, deadline: AbortSignal, timeoutMs: number): string {
  if (error instanceof Refused) return error.message;
  if (deadline.aborted) return `No answer within ${timeoutMs / 1_000} s.`;
  const code: unknown = error instanceof Error ? Reflect.get(error, "code") : null;
  const message = error instanceof Error ? error.message : String(error);
  return typeof code === "string" && !message.includes(code)
    ? `${code} ${message}`.trim()
    : message.slice(0, 500);
}
