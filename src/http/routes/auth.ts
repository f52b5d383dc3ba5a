import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Action } from "../../domain/policy/authorization.ts";
import { isForeignOrigin } from "../origin.ts";
import { type ProblemCode, sendInvalid, sendProblem } from "../problems.ts";
import { idInput, nameInput } from "../schemas.ts";
import type { ZodServer } from "../zod-server.ts";

/** The few routes of the sign-in library that are reachable, each with our conventions around it: problem documents,
 *  strict fields, no page of another origin. Everything else the library offers would go around our rules for
 *  organizations and members, and is 404. */
export function registerAuthRoutes(server: ZodServer, dependencies: AuthRouteDependencies): void {
  for (const route of ROUTES) {
    server.route({
      method: route.method,
      url: `/api/auth${route.path}`,
      config: { action: route.action, isSignIn: route.isSignIn ?? false },
      schema: {
        tags: ["Sign-in"],
        summary: route.summary,
        ...(route.body === undefined ? {} : { body: route.body }),
        response: { 200: answerSchema },
      },
      onRequest: async (request, reply) => {
        // Signing somebody in to another account from a foreign page is an attack too, without any cookie.
        if (route.action !== "public" || !isForeignOrigin(request, dependencies.baseUrl)) return undefined;
        return sendProblem(reply, "foreign_origin");
      },
      handler: async (request, reply) => forward(request, reply, route.target ?? route.path, dependencies),
    });
  }
}

export type AuthRouteDependencies = {
  /** The sign-in library, as far as routes see it. */
  readonly auth: { handler(request: Request): Promise<Response> };
  readonly baseUrl: string;
  /** Never throws. Asked when the library fails, because it hides why. */
  readonly probe: () => Promise<{ readonly isReady: boolean }>;
};

type AuthRoute = {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** The library's path, where it is another. */
  readonly target?: string;
  readonly action: Action | "public";
  readonly isSignIn?: boolean;
  readonly summary: string;
  readonly body?: z.ZodType;
};

const email = z.email().max(255);
const password = z.string().min(1).max(128);
const newPassword = z.string().min(8).max(128);
const credentials = z.strictObject({ email, password, rememberMe: z.boolean().optional() });
const nothing = z.strictObject({}).optional();

const signIn = { method: "POST", action: "public", isSignIn: true, body: credentials } as const;

const ROUTES: readonly AuthRoute[] = [
  { ...signIn, path: "/sign-in/email", summary: "Sign in; sets the session cookie and answers its token" },
  { ...signIn, path: "/sign-in", target: "/sign-in/email", summary: "The same as /api/auth/sign-in/email" },
  {
    method: "POST",
    path: "/sign-up/email",
    action: "public",
    isSignIn: true,
    summary: "Make an account and sign in; joins the organizations that invited the address",
    body: z.strictObject({ name: nameInput, email, password: newPassword }),
  },
  { method: "POST", path: "/sign-out", action: "public", summary: "End the session", body: nothing },
  {
    method: "GET",
    path: "/get-session",
    action: "view_profile",
    summary: "The present session and its person",
  },
  { method: "GET", path: "/list-sessions", action: "view_profile", summary: "Where you are signed in" },
  {
    method: "POST",
    path: "/organization/set-active",
    action: "view_profile",
    summary: "Choose the organization that requests mean when they name none",
    body: z.strictObject({ organizationId: idInput }),
  },
  {
    method: "POST",
    path: "/update-user",
    action: "view_profile",
    summary: "Change your name",
    body: z.strictObject({ name: nameInput }),
  },
  {
    method: "POST",
    path: "/change-password",
    action: "view_profile",
    isSignIn: true,
    summary: "Change your password",
    body: z.strictObject({
      currentPassword: password,
      newPassword,
      revokeOtherSessions: z.boolean().optional(),
    }),
  },
  {
    method: "POST",
    path: "/revoke-other-sessions",
    action: "view_profile",
    summary: "Sign out everywhere else",
    body: nothing,
  },
];

const answerSchema = z.looseObject({ success: z.literal(true) });

async function forward(
  request: FastifyRequest,
  reply: FastifyReply,
  path: string,
  { auth, baseUrl, probe }: AuthRouteDependencies,
): Promise<FastifyReply> {
  const answer = await auth.handler(libraryRequest(request, new URL(`/api/auth${path}`, baseUrl)));
  const contents = await readJson(answer, { isRead: request.method === "GET" });
  if (answer.ok) return sendContents(reply, answer, contents);
  // It answers some faults of the database as mistakes of the caller.
  const isFault = "code" in contents && typeof contents.code === "string" && FAULTS.has(contents.code);
  if (answer.status >= 500 || isFault) {
    const { isReady } = await probe();
    if (!isReady) return sendProblem(reply, "unavailable", { retry_after_seconds: 2 });
    throw new Error(`the sign-in library failed at ${path} with status ${answer.status}`);
  }
  const message = "message" in contents ? String(contents.message) : "The request was refused";
  const code = CODES.get(answer.status) ?? "invalid";
  if (code === "invalid") return sendInvalid(reply, [{ path: "", message }]);
  return sendProblem(reply, code, { detail: message });
}

const FAULTS: ReadonlySet<string> = new Set(["FAILED_TO_CREATE_USER", "FAILED_TO_CREATE_SESSION"]);

const CODES: ReadonlyMap<number, ProblemCode> = new Map([
  [401, "unauthenticated"],
  [403, "not_found"],
  [404, "not_found"],
]);

function libraryRequest(request: FastifyRequest, url: URL): Request {
  const headers = new Headers();
  for (const header of ["authorization", "cookie", "user-agent"]) {
    const value = request.headers[header];
    if (typeof value === "string") headers.set(header, value);
  }
  if (request.method === "GET") return new Request(url, { headers });
  headers.set("content-type", "application/json");
  return new Request(url, { method: request.method, headers, body: JSON.stringify(request.body ?? {}) });
}

async function readJson(answer: Response, { isRead }: { readonly isRead: boolean }): Promise<object> {
  const text = await answer.text();
  if (text.length === 0) return {};
  // Reads would show the tokens of all sessions to whatever script runs in the page; only signing in has to.
  const parsed: unknown = JSON.parse(text, (field, value) =>
    isRead && field === "token" ? undefined : value,
  );
  if (Array.isArray(parsed)) return { data: parsed };
  return typeof parsed === "object" && parsed !== null ? parsed : {};
}

function sendContents(reply: FastifyReply, answer: Response, contents: object): FastifyReply {
  for (const cookie of answer.headers.getSetCookie()) reply.header("set-cookie", cookie);
  const token = answer.headers.get("set-auth-token");
  if (token !== null) reply.header("set-auth-token", token);
  return reply.send({ ...contents, success: true });
}
