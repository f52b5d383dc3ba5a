import { Field } from "../../ui/field.tsx";
import { Notice } from "../../ui/notice.tsx";
import { EVENTS, type WebhookEvent } from "./webhook-words.ts";

interface WebhookFieldsProps {
  url: string;
  events: readonly WebhookEvent[];
  problem: string | undefined;
}

/** Where to post, and what. Uncontrolled: {@link parseWebhookForm} reads it. */
export function WebhookFields({ url, events, problem }: WebhookFieldsProps) {
  return (
    <div className="flex flex-col gap-4">
      {problem && <Notice tone="danger">{problem}</Notice>}
      <Field
        label="Address"
        name="url"
        type="url"
        inputMode="url"
        autoComplete="off"
        defaultValue={url}
        placeholder="https://example.com/airtime"
        hint="It has to answer with any 2xx within 10 seconds."
      />
      <fieldset className="flex flex-col gap-1">
        <legend className="mb-1 text-[13.5px] font-[550]">Events</legend>
        {EVENTS.map(({ event, text }) => (
          <label key={event} className="flex items-start gap-2.5 py-1 max-md:py-2">
            <input
              type="checkbox"
              name="event"
              value={event}
              defaultChecked={events.includes(event)}
              className="mt-0.5 size-4 shrink-0 accent-[var(--brand-solid)]"
            />
            <span>
              <code className="block font-mono text-[12.5px]">{event}</code>
              <span className="type-caption text-ink-2">{text}</span>
            </span>
          </label>
        ))}
      </fieldset>
    </div>
  );
}

/** What was filled in, or what is missing. */
export function parseWebhookForm(
  form: FormData,
): { url: string; events: WebhookEvent[] } | { problem: string } {
  const url = String(form.get("url") ?? "").trim();
  const chosen = form.getAll("event");
  const events = EVENTS.map(({ event }) => event).filter((event) => chosen.includes(event));
  if (url === "") return { problem: "Give the address that events are posted to." };
  return events.length === 0 ? { problem: "Choose at least one event." } : { url, events };
}
