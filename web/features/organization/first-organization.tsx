import { useQueryClient } from "@tanstack/react-query";
import { Notice } from "../../ui/notice.tsx";
import { NewOrganizationForm } from "./new-organization-form.tsx";

/** Shown to who belongs to no organization yet. */
export default function FirstOrganization() {
  const client = useQueryClient();
  return (
    <main className="mx-auto flex min-h-dvh max-w-[420px] flex-col justify-center gap-4 p-4">
      <Notice tone="warning" urgent={false}>
        You do not belong to an organization yet. Create one, or ask to be invited.
      </Notice>
      <div className="rounded-[20px] border border-edge bg-surface p-7 shadow-panel">
        <h1 className="title-gradient mb-4 text-[24px] leading-8 font-bold tracking-[-0.022em]">
          New organization
        </h1>
        <NewOrganizationForm onCreated={() => void client.invalidateQueries()} />
      </div>
    </main>
  );
}
