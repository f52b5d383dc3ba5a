/** Calls a server as one person or key would, and reads every answer the same way. */
export function clientOf(url: string, credential: Credential = {}) {
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Headers = {},
  ): Promise<Answer> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...credential,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") ?? false;
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson ? JSON.parse(text) : null,
    };
  };
  return {
    call,
    get: (path: string, headers?: Headers) => call("GET", path, undefined, headers),
    post: (path: string, body?: unknown, headers?: Headers) => call("POST", path, body, headers),
    patch: (path: string, body?: unknown) => call("PATCH", path, body),
    remove: (path: string) => call("DELETE", path),
  };
}

export type Client = ReturnType<typeof clientOf>;

export const bearer = (token: string): Credential => ({ authorization: `Bearer ${token}` });

/** Makes an account; a client with its bearer token, and what sign-up answered. */
export async function signUp(url: string, name: string): Promise<Person> {
  const email = `${name.toLowerCase()}@example.com`;
  const answer = await clientOf(url).post("/api/auth/sign-up/email", { name, email, password: PASSWORD });
  if (answer.status !== 200) throw new Error(`sign-up answered ${answer.status}: ${answer.text}`);
  const client = clientOf(url, bearer(answer.body.token));
  return { ...client, id: answer.body.user.id, email, token: answer.body.token, cookie: cookieOf(answer) };
}

/** Makes an organization owned by the person; its id. */
export async function organizationOf(person: Client, name = "Acme Voice"): Promise<string> {
  const answer = await person.post("/api/organizations", { name });
  if (answer.status !== 201) throw new Error(`creating answered ${answer.status}: ${answer.text}`);
  return answer.body.organization.id;
}

/** Makes an API key of the organization; a client that uses it, its id and the key. */
export async function keyOf(
  owner: Client,
  url: string,
  organizationId: string,
  scopes: readonly string[],
): Promise<Client & { id: string; key: string }> {
  const answer = await owner.post(`/api/organizations/${organizationId}/api-keys`, {
    name: "Runtime",
    scopes,
  });
  if (answer.status !== 201) throw new Error(`creating answered ${answer.status}: ${answer.text}`);
  const { id, key } = answer.body.api_key;
  return { ...clientOf(url, bearer(key)), id, key };
}

/** The session cookie that an answer sets, as a browser would send it back. */
export function cookieOf(answer: Answer): string {
  return (answer.headers.getSetCookie()[0] ?? "").split(";")[0] ?? "";
}

export const PASSWORD = "correct horse battery";

export type Person = Client & {
  readonly id: string;
  readonly email: string;
  readonly token: string;
  readonly cookie: string;
};

type Credential = { readonly [header: string]: string };
type Headers = { readonly [header: string]: string };

type Answer = {
  readonly status: number;
  readonly headers: globalThis.Headers;
  readonly text: string;
  // Tests read whatever shape they expect, and fail when it is not there.
  readonly body: ReturnType<typeof JSON.parse>;
};
