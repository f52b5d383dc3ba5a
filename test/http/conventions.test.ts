import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { organizationField } from "../../src/http/schemas.ts";
import type { ZodServer } from "../../src/http/zod-server.ts";
import { bearer, type Client, clientOf, keyOf, organizationOf, type Person, signUp } from "./api-client.ts";
import { type IdentityServer, OPERATOR_KEY, startIdentityServer } from "./identity-server.ts";

let server: IdentityServer;
let pageFolder: string;
let owner: Person;
let acme: string;
let anybody: Client;
let operator: Client;
let charging: Client;
let reading: Client;

beforeAll(async () => {
  pageFolder = await mkdtemp(join(tmpdir(), "airtime-page-"));
  await mkdir(join(pageFolder, "assets"));
  await writeFile(join(pageFolder, "index.html"), "<!doctype html><title>Studio</title>");
  await writeFile(join(pageFolder, "theme.js"), "'theme'");
  await writeFile(join(pageFolder, "assets", "main-1a2b3c.js"), "'main'");
  server = await startIdentityServer({ extra: registerTrials, pageFolder });
  anybody = clientOf(server.url);
  operator = clientOf(server.url, bearer(OPERATOR_KEY));
  owner = await signUp(server.url, "Olivia");
  acme = await organizationOf(owner);
  charging = await keyOf(owner, server.url, acme, ["charge"]);
  reading = await keyOf(owner, server.url, acme, ["read"]);
});
afterAll(async () => {
  await server.stop();
  await rm(pageFolder, { recursive: true });
});

/** Routes that only show who is asking about what, and one that breaks. */
function registerTrials(routes: ZodServer): void {
  const seen = z.strictObject({ success: z.literal(true), organization_id: z.string(), actor: z.string() });
  routes.post(
    "/api/trial/charge",
    {
      config: { action: "charge" },
      schema: {
        body: z.strictObject({ ...organizationField, seconds: z.number() }),
        response: { 200: seen },
      },
    },
    async ({ organizationId, actor }) => ({
      success: true as const,
      organization_id: organizationId,
      actor: `${actor.type} ${actor.name}`,
    }),
  );
  routes.get(
    "/api/trial/view/:organization_id",
    {
      config: { action: "view_billing" },
      schema: { params: z.strictObject({ organization_id: z.string() }) },
    },
    async ({ organizationId }) => ({ organizationId }),
  );
  routes.get(
    "/api/trial/view",
    { config: { action: "view_billing" }, schema: { querystring: z.strictObject(organizationField) } },
    async ({ organizationId, actor }) => ({ organizationId, actor }),
  );
  routes.get("/api/trial/broken", { config: { action: "public" } }, async () => {
    throw new Error("a secret of the inside");
  });
}

const charge = (client: Client, body: unknown, headers = {}) =>
  client.post("/api/trial/charge", body, headers);

describe("every answer", () => {
  test("has a request id: the caller's when it is harmless, else a new one", async () => {
    expect((await anybody.get("/healthz")).headers.get("x-request-id")).toMatch(/^req_/);
    const given = await anybody.get("/api/me", { "x-request-id": "trace-1.2:3" });
    expect(given.headers.get("x-request-id")).toBe("trace-1.2:3");
    expect(given.body.request_id).toBe("trace-1.2:3");
    const hostile = await anybody.get("/healthz", { "x-request-id": "a b<script>" });
    expect(hostile.headers.get("x-request-id")).toMatch(/^req_/);
  });

  test("that is a refusal is a problem document", async () => {
    const answer = await anybody.get("/api/me");
    expect(answer.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
    expect(answer.body).toEqual({
      success: false,
      type: "urn:airtime:problem:unauthenticated",
      title: "Sign in or send a valid key",
      status: 401,
      code: "unauthenticated",
      detail: "Sign in or send a valid key.",
      request_id: answer.headers.get("x-request-id"),
    });
  });

  test("about a fault tells nothing but the request id", async () => {
    const answer = await anybody.get("/api/trial/broken");
    expect(answer).toMatchObject({ status: 500, body: { code: "internal" } });
    expect(answer.text).not.toContain("secret of the inside");
  });

  test("of the API is not to be stored", async () => {
    expect((await owner.get("/api/me")).headers.get("cache-control")).toBe("no-store");
  });
});

describe("a request that cannot be read", () => {
  const json = { "content-type": "application/json" };

  test.each([
    ["not JSON", "{nope", json, 400, "malformed"],
    ["JSON that would change prototypes", '{"__proto__":{"a":1}}', json, 400, "malformed"],
    ["larger than 1 MiB", JSON.stringify({ seconds: "1".repeat(1_048_577) }), json, 413, "too_large"],
    [
      "a form",
      "seconds=1",
      { "content-type": "application/x-www-form-urlencoded" },
      415,
      "unsupported_media_type",
    ],
    ["plain text", "seconds=1", { "content-type": "text/plain" }, 415, "unsupported_media_type"],
    ["empty", "", json, 422, "invalid"],
    ["no object", "[1]", json, 422, "invalid"],
  ])("%s is refused", async (_name, body, headers, status, code) => {
    expect(await charge(charging, body, headers)).toMatchObject({ status, body: { code } });
  });

  test("names every wrong and unknown field at its path", async () => {
    const answer = await charge(charging, { seconds: "1", second: 1 });
    expect(answer).toMatchObject({
      status: 422,
      body: { code: "invalid", detail: expect.stringMatching(/^seconds: /) },
    });
    expect(answer.body.errors).toEqual([
      { path: "seconds", message: expect.any(String) },
      { path: "second", message: "Unknown field" },
    ]);
  });

  test("to a path that is none, or with another method, is refused", async () => {
    expect(await anybody.get("/api/nothing")).toMatchObject({ status: 404, body: { code: "not_found" } });
    const method = await anybody.call("DELETE", "/api/me");
    expect(method).toMatchObject({ status: 405, body: { code: "method_not_allowed" } });
    expect(method.headers.get("allow")).toBe("GET");
    expect(await anybody.get("/api/%zz")).toMatchObject({ status: 400, body: { code: "malformed" } });
  });
});

describe("refusals come in one order", () => {
  test("401 before 400, 400 before 404, 404 before 403, 403 before 422", async () => {
    const json = { "content-type": "application/json" };
    expect((await charge(anybody, "{nope", json)).status).toBe(401);
    expect((await charge(reading, "{nope", json)).status).toBe(400);
    expect((await charge(reading, { organization_id: "org_other", wrong: 1 })).status).toBe(404);
    expect((await charge(reading, { organization_id: acme, wrong: 1 })).status).toBe(403);
    expect((await charge(charging, { organization_id: acme, wrong: 1 })).status).toBe(422);
    expect((await charge(charging, { organization_id: acme, seconds: 1 })).status).toBe(200);
  });

  test("people never charge", async () => {
    expect((await charge(owner, { seconds: 1 })).body.code).toBe("forbidden");
  });

  test("a key that may only charge reads nothing", async () => {
    expect((await charging.get("/api/trial/view")).body.code).toBe("forbidden");
  });
});

describe("the organization of a request", () => {
  test("is the key's when none is named, and nobody else's when one is", async () => {
    expect((await charge(charging, { seconds: 1 })).body).toMatchObject({
      organization_id: acme,
      actor: "api_key Runtime",
    });
    const other = await organizationOf(owner, "Other");
    expect((await charge(charging, { seconds: 1, organization_id: other })).status).toBe(404);
    expect((await reading.get(`/api/trial/view/${other}`)).status).toBe(404);
  });

  test("has to be named by the operator, in path, body or query", async () => {
    const unnamed = await charge(operator, { seconds: 1 });
    expect(unnamed).toMatchObject({ status: 422, body: { errors: [{ path: "organization_id" }] } });
    expect((await charge(operator, { seconds: 1, organization_id: acme })).body.actor).toBe(
      "operator Operator",
    );
    expect((await operator.get(`/api/trial/view?organization_id=${acme}`)).body.organizationId).toBe(acme);
    expect((await operator.get(`/api/trial/view/${acme}`)).body.organizationId).toBe(acme);
    for (const unknown of ["org_none", "%00"])
      expect((await operator.get(`/api/trial/view/${unknown}`)).status).toBe(404);
  });

  test("is refused when two are named", async () => {
    const other = await organizationOf(owner, "Second");
    const path = `/api/trial/charge?organization_id=${other}`;
    const answer = await operator.post(path, { seconds: 1, organization_id: acme });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: "organization_id" }] } });
  });

  test("is the named one for a person in several, else the first joined", async () => {
    const second = await organizationOf(owner, "Third");
    expect((await owner.get("/api/trial/view")).body.organizationId).toBe(acme);
    expect((await owner.get(`/api/trial/view?organization_id=${second}`)).body.organizationId).toBe(second);
  });

  test("is not found for a person in none", async () => {
    const nobody = await signUp(server.url, "Nobody");
    expect((await nobody.get("/api/trial/view")).status).toBe(404);
  });

  test("has to be named by a person in several who left the active one", async () => {
    const person = await signUp(server.url, "Leaver");
    await organizationOf(person, "Own 1");
    await organizationOf(person, "Own 2");
    await owner.post(`/api/organizations/${acme}/members`, { email: person.email });
    await person.post("/api/auth/organization/set-active", { organizationId: acme });
    await person.remove(`/api/organizations/${acme}/members/${person.id}`);
    const answer = await person.get("/api/trial/view");
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: "organization_id" }] } });
  });
});

describe("the page", () => {
  const html = { accept: "text/html" };

  test("answers every address of its own with index.html and strict rules for what it may load", async () => {
    for (const path of ["/", "/billing", "/organization/members?x=1"]) {
      const answer = await anybody.get(path, html);
      expect(answer).toMatchObject({ status: 200, text: "<!doctype html><title>Studio</title>" });
      expect(answer.headers.get("cache-control")).toBe("no-cache");
      const policy = answer.headers.get("content-security-policy") ?? "";
      expect(policy).toMatch(
        /script-src 'self' https:\/\/app\.lemonsqueezy\.com https:\/\/\*\.lemonsqueezy\.com;/,
      );
      expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    }
  });

  test("has files, of which the hashed ones are kept for ever", async () => {
    const hashed = await anybody.get("/assets/main-1a2b3c.js");
    expect(hashed).toMatchObject({ status: 200, text: "'main'" });
    expect(hashed.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect((await anybody.get("/theme.js")).headers.get("cache-control")).toBe("public, max-age=0");
    expect((await anybody.get("/assets/none.js", html)).status).toBe(404);
    expect((await anybody.get("/..%2f..%2fetc/passwd")).status).toBe(404);
  });

  test("is no answer to a program, nor to a wrong path of the API", async () => {
    expect((await anybody.get("/billing")).body.code).toBe("not_found");
    expect((await anybody.get("/api/nothing", html)).body.code).toBe("not_found");
  });
});

describe("operation", () => {
  test("the process is alive and ready, and measures routes, not addresses", async () => {
    expect((await anybody.get("/healthz")).body).toEqual({ success: true, status: "ok" });
    expect((await anybody.get("/readyz")).body).toEqual({ success: true, status: "ok" });
    await operator.get(`/api/trial/view/${acme}`);
    const { text } = await anybody.get("/metrics");
    expect(text).toContain('route="/api/trial/view/:organization_id",status="200"');
    expect(text).not.toContain(acme);
    expect(text).toContain("process_cpu_seconds_total");
  });

  test("the document is OpenAPI 3.1, lists what is reachable and says who may ask", async () => {
    const { body } = await anybody.get("/openapi.json");
    expect(body.openapi).toBe("3.1.0");
    expect(Object.keys(body.paths)).toEqual(
      expect.arrayContaining([
        "/api/auth/sign-in/email",
        "/api/organizations/{id}/members/{user_id}",
        "/openapi.json",
      ]),
    );
    expect(body.paths["/theme.js"]).toBeUndefined();
    expect(body.paths["/healthz"].get.security).toEqual([]);
    const { responses } = body.paths["/api/organizations/{id}/api-keys"].post;
    expect(Object.keys(responses)).toEqual(
      expect.arrayContaining(["201", "400", "401", "403", "404", "413", "415", "422"]),
    );
    expect(responses["422"].content["application/problem+json"].schema.$ref).toBe(
      "#/components/schemas/Problem",
    );
    expect(body.components.schemas.Problem.required).toContain("code");
  });

  test("the reference is one page without scripts or requests to anywhere", async () => {
    const { text, headers } = await anybody.get("/docs", { accept: "text/html" });
    expect(headers.get("content-type")).toMatch("text/html");
    expect(text).toContain("/api/organizations/{id}/api-keys");
    expect(text).not.toMatch(/<script|<link|<img|src=/);
  });
});
