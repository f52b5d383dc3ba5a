import { useMutation } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { call } from "../../api/call.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Notice } from "../../ui/notice.tsx";
import { usePageTitle } from "../../ui/use-page-title.ts";
import { type Credentials, useEnter } from "./sign-in.ts";
import { SignInFrame } from "./sign-in-frame.tsx";
import { parseSignUp } from "./sign-up-search.ts";

interface NewAccount extends Credentials {
  name: string;
  organization: string;
}

/** A new account and its organization. Whoever was invited to one may leave its name out, and is not asked for it where
 *  the invitation's link led here. */
export function SignUpPage() {
  const enter = useEnter();
  const { email } = parseSignUp(useSearch({ strict: false }));
  const creating = useMutation({ mutationFn: createAccount, onSuccess: enter });
  usePageTitle("Create an account");
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    creating.mutate(accountOf(new FormData(event.currentTarget)));
  };
  return (
    <SignInFrame
      title="Create an account"
      subtitle={
        email === undefined
          ? "A new organization starts with a welcome credit."
          : "Sign up with the address that was invited, and you are in."
      }
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        {creating.isError && <Notice tone="danger">{creating.error.message}</Notice>}
        <Field label="Your name" name="name" autoComplete="name" required maxLength={100} />
        <Field
          label="Email"
          name="email"
          type="email"
          autoComplete="username"
          required
          defaultValue={email}
        />
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete="new-password"
          required
          minLength={8}
          maxLength={128}
          hint="At least 8 characters."
        />
        {email === undefined && <OrganizationField />}
        <Button type="submit" look="brand" size="large" busy={creating.isPending}>
          Create account
        </Button>
      </form>
      <p className="mt-5 text-center text-ink-2">
        Already have one?{" "}
        <Link to="/sign-in" className="font-[550] text-brand hover:underline">
          Sign in
        </Link>
      </p>
    </SignInFrame>
  );
}

function OrganizationField() {
  return (
    <Field
      label="Organization name"
      name="organization"
      autoComplete="organization"
      maxLength={100}
      hint="Leave it empty if you were invited to one."
    />
  );
}

function accountOf(form: FormData): NewAccount {
  const textOf = (name: string) => String(form.get(name) ?? "").trim();
  return {
    name: textOf("name"),
    email: textOf("email"),
    // Spaces belong to a password.
    password: String(form.get("password")),
    organization: textOf("organization"),
  };
}

async function createAccount({ organization, ...account }: NewAccount): Promise<void> {
  await call("POST /api/auth/sign-up/email", { body: account });
  if (organization !== "") await call("POST /api/organizations", { body: { name: organization } });
}
