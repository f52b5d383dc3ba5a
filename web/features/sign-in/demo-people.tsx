import { useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { request } from "../../api/http.ts";
import type { Role } from "../../api/records.ts";
import { roleName } from "../../ui/role-name.ts";
import type { Credentials } from "./sign-in.ts";

interface DemoPerson extends Credentials {
  role: Role;
  name: string;
}

const ROLE_TEXT = {
  owner: "Buys credits, changes settings",
  admin: "Views, manages members and keys",
  member: "Views",
};

/** The demo's people, one click each. Outside demo mode the service does not know them, and nothing is shown. */
export function DemoPeople({ busy, onPick }: { busy: boolean; onPick(person: Credentials): void }) {
  const { data: people } = useQuery({
    queryKey: ["demo-people"],
    queryFn: ({ signal }) =>
      request<{ data: DemoPerson[] }>("/_dev/people", { signal }).then((answer) => answer.data),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (!people || people.length === 0) return null;
  return (
    <section aria-label="Demo" className="mt-5 border-t border-edge pt-4">
      <h2 className="type-caption mb-2 font-[550] text-ink-3">Demo: sign in with one click</h2>
      <div className="flex flex-col gap-2">
        {people.map(({ role, name, email, password }) => (
          <button
            key={email}
            type="button"
            disabled={busy}
            onClick={() => onPick({ email, password })}
            className="group flex items-center gap-3 rounded-xl border border-edge px-3 py-2.5 text-left transition-colors duration-[120ms] hover:border-strong hover:bg-hover"
          >
            <span className="brand-gradient inline-flex size-8 items-center justify-center rounded-full text-[12px] font-semibold text-white">
              {name.charAt(0)}
            </span>
            <span className="min-w-0 flex-1">
              <span className="block font-[550]">{name}</span>
              <span className="type-caption block text-ink-3">
                {roleName(role)} · {ROLE_TEXT[role]}
              </span>
            </span>
            <ChevronRight size={16} aria-hidden className="text-ink-3 group-hover:text-ink" />
          </button>
        ))}
      </div>
    </section>
  );
}
