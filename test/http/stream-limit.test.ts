import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestService, type TestService } from "../setup/service.ts";
import { bearer, keyOf } from "./api-client.ts";
import { openStream, type Stream } from "./stream-client.ts";

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});

afterAll(() => service?.stop());

/** Opens streams of a new organization. */
async function listener() {
  const acme = await service.organization(1);
  const { key } = await keyOf(acme.owner, service.url, acme.id, ["read"]);
  return () => openStream(service.url, { headers: bearer(key) });
}

test("an organization may have 200 streams open in a process, and another one when one closes; others are let in", async () => {
  const listen = await listener();
  const streams: Stream[] = [];
  while (streams.length < 200) {
    streams.push(...(await Promise.all(Array.from({ length: 20 }, () => listen()))));
  }
  await expect(listen()).rejects.toMatchObject({ status: 429, code: "rate_limited" });
  const other = await listener();
  (await other()).cut();
  streams.pop()?.cut();
  const countIfLetIn = () =>
    listen().then(
      (stream) => streams.push(stream),
      () => 0,
    );
  await expect.poll(countIfLetIn).toBe(200);
  for (const stream of streams) stream.cut();
});
