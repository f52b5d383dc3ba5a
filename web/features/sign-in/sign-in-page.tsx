import { useMutation } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { ApiProblem } from "../../api/http.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Notice } from "../../ui/notice.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";
import { DemoPeople } from "./demo-people.tsx";
import { parseReturn } from "./return-path.ts";
import { type Credentials, signIn, useEnter } from "./sign-in.ts";
import { SignInFrame } from "./sign-in-frame.tsx";

/** Email and password; in demo mode also one click per person. */
export function SignInPage() {
  const enter = useEnter();
  const search = parseReturn(useSearch({ strict: false }));
  const signing = useMutation({ mutationFn: signIn, onSuccess: enter });
  usePageTitle("Sign in");
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    signing.mutate({
      email: String(form.get("email")).trim(),
      password: String(form.get("password")),
    } satisfies Credentials);
  };
  return (
    <SignInFrame title="Sign in" subtitle="To your organization's credits and calls.">
      <form onSubmit={submit} className="flex flex-col gap-4">
        {signing.isError && <Notice tone="danger">{reasonOf(signing.error)}</Notice>}
        <Field label="Email" name="email" type="email" autoComplete="username" required />
        <Field label="Password" name="password" type="password" autoComplete="current-password" required />
        <Button type="submit" look="brand" size="large" busy={signing.isPending}>
          Sign in
        </Button>
      </form>
      <p className="mt-5 text-center text-ink-2">
        New here?{" "}
        <Link to="/sign-up" search={search} className="font-[550] text-brand hover:underline">
          Create an account
        </Link>
      </p>
      {/* Last: it comes when the service says that this is a demo, and must not move the form. */}
      <DemoPeople busy={signing.isPending} onPick={(person) => signing.mutate(person)} />
    </SignInFrame>
  );
}

function reasonOf(error: Error): string {
  if (error instanceof ApiProblem && error.status === 429)
    return "Too many attempts. Please wait a minute and try again.";
  if (error instanceof ApiProblem && error.status >= 400 && error.status < 500)
    return "Email or password is not right.";
  return error.message;
}
