import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bearer, clientOf, organizationOf, PASSWORD, signUp } from "../http/api-client.ts";
import { startTestService, type TestService } from "../setup/service.ts";
import { cleanEnvironment } from "../setup/service-process.ts";

const SECRET_KEY = "the secret key of this test, 32 characters";

let service: TestService;

beforeAll(async () => {
  service = await startTestService({ AIRTIME_SECRET_KEY: SECRET_KEY });
});
afterAll(() => service.stop());

function exportPerson(
  email: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number; out: string }> {
  const whole = { ...cleanEnvironment(), DATABASE_URL: service.connectionString, ...env };
  return new Promise((done) => {
    const argv = [resolve("bin/airtime.js"), "export-person", "--email", email];
    execFile(process.execPath, argv, { env: whole }, (error, out) => {
      done({ code: typeof error?.code === "number" ? error.code : 0, out });
    });
  });
}

test("everything stored about a person is printed, of every organization, and no secret", async () => {
  const person = await signUp(service.url, "Petra");
  const organizationId = await organizationOf(person, "Petra's");
  const key = await person.post(`/api/organizations/${organizationId}/api-keys`, {
    name: "mine",
    scopes: ["read"],
  });
  await person.patch(`/api/organizations/${organizationId}/settings`, {
    alert_emails: [person.email.toUpperCase()],
  });
  const { variant_id } = (await person.get("/api/billing/packages")).body.data[0];
  await person.post("/api/billing/checkout", { variant_id });
  await clientOf(service.url).post("/api/auth/sign-in", { email: person.email, password: "wrong" });
  const owner = await service.signIn("owner");
  await owner.post(`/api/organizations/${service.demo.organization_id}/members`, { email: person.email });
  const { code, out } = await exportPerson("Petra@Example.com", { AIRTIME_SECRET_KEY: SECRET_KEY });
  expect(code).toBe(0);
  const data = JSON.parse(out);
  expect(data).toMatchObject({
    person: { id: person.id, name: "Petra", email: person.email },
    sign_ins: [{ id: expect.any(String) }],
    memberships: [{ org_id: organizationId, role: "owner" }, { org_id: service.demo.organization_id }],
    api_keys: [{ id: key.body.api_key.id, name: "mine" }],
    checkouts: [{ org_id: organizationId, variant_id: String(variant_id), buyer_name: "Petra" }],
    alert_mail: [{ org_id: organizationId }],
  });
  const seen = data.audit.map(({ action, result }: Record<string, string>) => `${action} ${result}`);
  expect(seen).toEqual(
    expect.arrayContaining([
      "sign_up ok",
      "sign_in unauthenticated",
      "manage_api_keys ok",
      "buy ok",
      "manage_members ok",
    ]),
  );
  expect(out).toContain("127.0.0.1");
  // Who added them to an organization is somebody else.
  expect(out).not.toContain("Olivia");
  for (const secret of [PASSWORD, person.token, key.body.api_key.key]) expect(out).not.toContain(secret);
  const without = await exportPerson(person.email);
  expect(without.code).toBe(0);
  expect(without.out).not.toContain("127.0.0.1");
  expect((await clientOf(service.url, bearer(person.token)).get("/api/me")).status).toBe(200);
});

test("an address that nobody has exits 2", async () => {
  expect(await exportPerson("nobody@example.com")).toEqual({ code: 2, out: "" });
});
