import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { bearer, clientOf, keyOf, organizationOf, type Person, signUp } from "./api-client.ts";
import { type IdentityServer, OPERATOR_KEY, startIdentityServer } from "./identity-server.ts";

let server: IdentityServer;
let owner: Person;
let admin: Person;
let member: Person;
let path: string;

beforeAll(async () => {
  server = await startIdentityServer();
  [owner, admin, member] = await Promise.all([
    signUp(server.url, "Olivia"),
    signUp(server.url, "Adam"),
    signUp(server.url, "Mia"),
  ]);
});
afterAll(() => server.stop());

beforeEach(async () => {
  path = `/api/organizations/${await organizationOf(owner)}`;
  await owner.post(`${path}/members`, { email: admin.email.toUpperCase(), role: "admin" });
  await owner.post(`${path}/members`, { email: member.email });
});

const roles = async (): Promise<Record<string, string>> => {
  const { body } = await owner.get(`${path}/members`);
  return Object.fromEntries(
    body.data.map(({ email, role }: { email: string; role: string }) => [email, role]),
  );
};

describe("adding", () => {
  test("somebody with an account makes them a member at once, with the role given or Member", async () => {
    const { body } = await member.get(`${path}/members`);
    expect(body).toMatchObject({ success: true, total: 3 });
    expect(body.data).toMatchObject([
      { user_id: owner.id, name: "Olivia", role: "owner", status: "active" },
      { user_id: admin.id, name: "Adam", role: "admin", status: "active" },
      { user_id: member.id, name: "Mia", role: "member", status: "active" },
    ]);
  });

  test("somebody without an account invites them, and they join on signing up", async () => {
    const invited = await admin.post(`${path}/members`, { email: "Nina@Example.com", role: "admin" });
    expect(invited).toMatchObject({
      status: 201,
      body: {
        member: { name: null, email: "nina@example.com", role: "admin", status: "invited", joined_at: null },
      },
    });
    const nina = await signUp(server.url, "Nina");
    expect((await nina.get("/api/me")).body.organizations).toMatchObject([{ role: "admin" }]);
    const { body } = await owner.get(`${path}/members`);
    expect(body.data.filter(({ email }: { email: string }) => email === nina.email)).toMatchObject([
      { user_id: nina.id, status: "active" },
    ]);
  });

  test("twice makes one invitation with the later role, which can be changed and withdrawn", async () => {
    const first = await owner.post(`${path}/members`, { email: "gone@example.com", role: "admin" });
    const second = await owner.post(`${path}/members`, { email: "gone@example.com", role: "member" });
    const { user_id } = second.body.member;
    expect(user_id).toBe(first.body.member.user_id);
    expect((await owner.patch(`${path}/members/${user_id}`, { role: "admin" })).body.member.role).toBe(
      "admin",
    );
    expect((await owner.remove(`${path}/members/${user_id}`)).status).toBe(200);
    const gone = await signUp(server.url, "Gone");
    expect((await gone.get("/api/me")).body.organizations).toEqual([]);
  });

  test("a member again is refused", async () => {
    const answer = await owner.post(`${path}/members`, { email: member.email });
    expect(answer).toMatchObject({ status: 409, body: { code: "already_member" } });
  });

  test("is for Owner, Admin and operator, and never makes an Owner", async () => {
    expect((await member.post(`${path}/members`, { email: "x@example.com" })).body.code).toBe("forbidden");
    const id = path.split("/").at(-1) ?? "";
    const key = await keyOf(owner, server.url, id, ["admin", "read", "charge"]);
    expect((await key.post(`${path}/members`, { email: "x@example.com" })).body.code).toBe("forbidden");
    const operator = clientOf(server.url, bearer(OPERATOR_KEY));
    expect((await operator.post(`${path}/members`, { email: "x@example.com" })).status).toBe(201);
    const second = await admin.post(`${path}/members`, { email: "y@example.com", role: "owner" });
    expect(second.body.errors).toMatchObject([{ path: "role" }]);
    expect((await owner.post(`${path}/members`, { email: "nobody" })).body.errors).toMatchObject([
      { path: "email" },
    ]);
  });
});

describe("changing and removing", () => {
  test("an Admin gives and takes roles, but not the Owner's", async () => {
    expect((await admin.patch(`${path}/members/${member.id}`, { role: "admin" })).status).toBe(200);
    expect((await roles())[member.email]).toBe("admin");
    const demoted = await admin.patch(`${path}/members/${owner.id}`, { role: "member" });
    expect(demoted).toMatchObject({ status: 403, body: { code: "forbidden" } });
    const removed = await admin.remove(`${path}/members/${owner.id}`);
    expect(removed).toMatchObject({ status: 403, body: { code: "forbidden" } });
    expect((await roles())[owner.email]).toBe("owner");
  });

  test("the Owner can neither step down nor leave without a successor", async () => {
    const demoted = await owner.patch(`${path}/members/${owner.id}`, { role: "admin" });
    expect(demoted).toMatchObject({ status: 409, body: { code: "owner_required" } });
    const left = await owner.remove(`${path}/members/${owner.id}`);
    expect(left).toMatchObject({ status: 409, body: { code: "owner_required" } });
  });

  test("a member leaves, removes nobody else, and sees nothing afterwards", async () => {
    expect((await member.remove(`${path}/members/${admin.id}`)).body.code).toBe("forbidden");
    expect((await member.remove(`${path}/members/${member.id}`)).status).toBe(200);
    expect((await member.get(`${path}/members`)).status).toBe(404);
  });

  test("somebody who is no member is not found", async () => {
    expect((await owner.patch(`${path}/members/usr_none`, { role: "admin" })).status).toBe(404);
    expect((await owner.remove(`${path}/members/usr_none`)).status).toBe(404);
  });

  test("a member changes no role, not even their own", async () => {
    expect((await member.patch(`${path}/members/${member.id}`, { role: "admin" })).body.code).toBe(
      "forbidden",
    );
  });
});

describe("transferring ownership", () => {
  test("makes a member the Owner and the Owner an Admin", async () => {
    const answer = await owner.post(`${path}/transfer-ownership`, { user_id: member.id });
    expect(answer).toMatchObject({ status: 200, body: { member: { user_id: member.id, role: "owner" } } });
    expect(await roles()).toEqual({
      [owner.email]: "admin",
      [admin.email]: "admin",
      [member.email]: "owner",
    });
  });

  test("is the Owner's alone", async () => {
    const body = { user_id: admin.id };
    const operator = clientOf(server.url, bearer(OPERATOR_KEY));
    for (const client of [admin, member, operator]) {
      expect((await client.post(`${path}/transfer-ownership`, body)).body.code).toBe("forbidden");
    }
  });

  test("goes to members only, not to invited people or strangers", async () => {
    const invited = await owner.post(`${path}/members`, { email: "soon@example.com" });
    for (const user_id of [invited.body.member.user_id, "usr_none"]) {
      expect((await owner.post(`${path}/transfer-ownership`, { user_id })).status).toBe(404);
    }
    expect((await roles())[owner.email]).toBe("owner");
  });

  test("twice at once leaves exactly one Owner", async () => {
    const answers = await Promise.all(
      [admin.id, member.id].map((user_id) => owner.post(`${path}/transfer-ownership`, { user_id })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(Object.values(await roles()).filter((role) => role === "owner")).toHaveLength(1);
  });
});
