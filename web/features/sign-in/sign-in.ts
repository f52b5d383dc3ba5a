import { useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { call } from "../../api/call.ts";
import { parseReturn } from "./return-path.ts";

export interface Credentials {
  email: string;
  password: string;
}

/** Signs in: the answer sets the session's cookie. */
export function signIn(credentials: Credentials): Promise<unknown> {
  return call("POST /api/auth/sign-in/email", { body: credentials });
}

/** What to do once signed in: forget what was known before, go where the visitor wanted to go. */
export function useEnter(): () => void {
  const client = useQueryClient();
  const router = useRouter();
  const { return: wanted } = parseReturn(useSearch({ strict: false }));
  return () => {
    client.clear();
    router.history.push(wanted ?? "/billing");
  };
}
