import { createServer } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { createPostMessage, type Posted } from "../../src/notify/webhooks/post-message.ts";
import { createResolver } from "../../src/notify/webhooks/resolve-host.ts";
import { type Receiver, startReceiver } from "./webhook-receiver.ts";

const DEMO = { isDemo: true };
const PRODUCTION = { isDemo: false };
const never = new AbortController().signal;

async function opened(): Promise<Receiver> {
  const receiver = await startReceiver();
  onTestFinished(() => receiver.stop());
  return receiver;
}

/** Posts to a URL whose name has these addresses, one list for each lookup; counts the lookups. */
async function postTo(url: string, addresses: readonly (readonly string[])[], policy = DEMO) {
  let lookups = 0;
  const post = createPostMessage({
    policy,
    timeoutMs: 3_000,
    async resolve() {
      lookups += 1;
      return addresses[lookups - 1] ?? [];
    },
  });
  const posted = await post({
    url,
    headers: { "content-type": "application/json" },
    body: "{}",
    signal: never,
  });
  return { posted, lookups };
}

const errorOf = (posted: Posted) => (posted.kind === "unanswered" ? posted.error : posted.kind);

describe("a message to a name", () => {
  test("goes to the address that was checked, with the name it was sent to, after one lookup", async () => {
    const receiver = await opened();
    const url = `http://hooks.example.com:${receiver.port}/in?a=1`;
    const { posted, lookups } = await postTo(url, [["127.0.0.1"], ["10.0.0.1"]]);
    expect(posted).toMatchObject({ kind: "answered", status: 204, text: "" });
    expect(lookups).toBe(1);
    expect(receiver.received).toMatchObject([
      { text: "{}", headers: { host: `hooks.example.com:${receiver.port}` } },
    ]);
  });

  test.each([
    ["this machine outside demo mode", ["127.0.0.1"], PRODUCTION],
    ["this machine by IPv6", ["::1"], PRODUCTION],
    ["a private network", ["10.0.0.1"], DEMO],
    ["the metadata of a cloud", ["169.254.169.254"], PRODUCTION],
    ["a mapped address", ["::ffff:127.0.0.1"], DEMO],
    ["the inside as well as the outside", ["1.1.1.1", "192.168.0.1"], PRODUCTION],
  ])("that leads to %s is not sent", async (_where, addresses, policy) => {
    const receiver = await opened();
    const { posted } = await postTo(`https://hooks.example.com:${receiver.port}/`, [addresses], policy);
    expect(errorOf(posted)).toBe("The name leads into an internal network: nothing was sent.");
    expect(receiver.received).toEqual([]);
  });

  test("that has no address says so", async () => {
    const post = createPostMessage({
      policy: PRODUCTION,
      async resolve() {
        throw new Error("The name hooks.example.com has no address.");
      },
    });
    const posted = await post({ url: "https://hooks.example.com/", headers: {}, body: "{}", signal: never });
    expect(errorOf(posted)).toBe("The name hooks.example.com has no address.");
  });
});

test("localhost is this machine, and a name that nobody has is an error", async () => {
  const receiver = await opened();
  const post = createPostMessage({ policy: DEMO, resolve: createResolver() });
  const to = (url: string) => post({ url, headers: {}, body: "{}", signal: never });
  expect(await to(`http://localhost:${receiver.port}/`)).toMatchObject({ kind: "answered", status: 204 });
  expect(await to("http://nobody.invalid/")).toMatchObject({ kind: "unanswered" });
});

test.each([
  "http://127.0.0.1",
  "https://127.0.0.1",
  "https://[::1]",
  "https://[::ffff:127.0.0.1]",
  "https://2130706433",
  "http://hooks.example.com",
])("outside demo mode %s is refused without a lookup, however it came to be stored", async (origin) => {
  const receiver = await opened();
  const { posted, lookups } = await postTo(`${origin}:${receiver.port}/`, [["127.0.0.1"]], PRODUCTION);
  expect(errorOf(posted)).toMatch(/^The URL is refused/);
  expect(lookups).toBe(0);
  expect(receiver.received).toEqual([]);
});

test("a receiver that says yes and then breaks off has said yes", async () => {
  const receiver = await opened();
  receiver.answerWith((_request, response) => {
    response.writeHead(200, { "content-length": 1_000 });
    response.write("yes", () => response.destroy());
  });
  const { posted } = await postTo(receiver.url, []);
  expect(posted).toMatchObject({ kind: "answered", status: 200, text: "yes" });
});

test("a receiver that says yes and then nothing more has said yes", async () => {
  const receiver = await opened();
  receiver.answerWith((_request, response) => void response.writeHead(200).write("yes"));
  const { posted } = await postTo(receiver.url, []);
  expect(posted).toMatchObject({ kind: "answered", status: 200, text: "yes" });
});

test("a receiver that says nothing is left after the time there is", async () => {
  const receiver = await opened();
  receiver.answerWith(() => {});
  const { posted } = await postTo(receiver.url, []);
  expect(errorOf(posted)).toBe("No answer within 3 s.");
});

test("whoever speaks no HTTP, or does not listen, is an error that names itself", async () => {
  const server = createServer((socket) => void socket.resume().end("220 mail.example.com ESMTP\r\n"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  expect(errorOf((await postTo(`http://127.0.0.1:${port}/`, [])).posted)).toMatch(/^HPE_/);
  await new Promise((resolve) => server.close(resolve));
  expect(errorOf((await postTo(`http://127.0.0.1:${port}/`, [])).posted)).toContain("ECONNREFUSED");
});

test("an attempt that is cut because the service stops is no failure of the receiver", async () => {
  const receiver = await opened();
  const stopping = new AbortController();
  receiver.answerWith(() => stopping.abort());
  const post = createPostMessage({ policy: DEMO, resolve: async () => [] });
  const posted = await post({ url: receiver.url, headers: {}, body: "{}", signal: stopping.signal });
  expect(posted).toEqual({ kind: "interrupted" });
});
