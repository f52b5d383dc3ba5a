import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { Badge } from "../../ui/badge.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { TimeStamp } from "../../ui/time-stamp.tsx";
import { type AuditEvent, actorName, eventText, resultText } from "./audit-words.ts";

/** One entry: when, who, what, and what came of it; opened, everything else that is known. */
export function AuditRow({ event }: { event: AuditEvent }) {
  return (
    <li className="border-t border-hair first:border-t-0">
      <details className="group">
        <summary className="flex min-h-[42px] cursor-pointer items-center gap-x-5 px-5 py-2 -outline-offset-2 hover:bg-hover max-md:px-4 [&::-webkit-details-marker]:hidden">
          <span className="grid min-w-0 flex-1 gap-x-5 md:grid-cols-[9rem_11rem_minmax(0,1fr)]">
            <span className="max-md:order-3 max-md:text-[12.5px] max-md:leading-4">
              <TimeStamp instant={event.at} />
            </span>
            <span className="min-w-0 font-[550] break-words">{actorName(event)}</span>
            <span className="min-w-0 break-words text-ink-2">{eventText(event)}</span>
          </span>
          {event.result !== "ok" && <Badge tone="red">{resultText(event)}</Badge>}
          <ChevronRight
            size={16}
            aria-hidden
            className="shrink-0 text-off transition-transform duration-[120ms] group-open:rotate-90"
          />
        </summary>
        <Details event={event} />
      </details>
    </li>
  );
}

function Details({ event }: { event: AuditEvent }) {
  const operations = Object.entries(event.operations ?? {});
  return (
    <div className="flex flex-col gap-3 border-t border-hair bg-subtle px-5 py-3.5 max-md:px-4">
      <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-6 gap-y-1.5">
        {event.operation && <Fact name="Request">{event.operation}</Fact>}
        {operations.length > 0 && (
          <Fact name="Requests">
            {operations.map(([operation, count]) => `${operation} (${count})`).join(", ")}
          </Fact>
        )}
        {event.subject && <Fact name="Subject">{event.subject}</Fact>}
        {event.count > 1 && (
          <Fact name="Until">
            <TimeStamp instant={event.until} seconds plain />
          </Fact>
        )}
        <Fact name="IP address">{event.ip_address ?? "not known"}</Fact>
        {event.user_agent && <Fact name="Program">{event.user_agent}</Fact>}
        <Fact name={`Hash of no. ${event.seq}`}>
          <span className="inline-flex items-start gap-1">
            <code className="font-mono text-[12px] break-all">{event.hash}</code>
            <CopyButton text={event.hash} label="Copy the hash" />
          </span>
        </Fact>
      </dl>
      <div className="grid gap-3 md:grid-cols-2 [&>figure:only-child]:col-span-full">
        {event.before && <Record title="Before" record={event.before} />}
        {event.after && <Record title="After" record={event.after} />}
        {event.input && <Record title="What was asked for" record={event.input} />}
      </div>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-3">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}

function Record({ title, record }: { title: string; record: object }) {
  return (
    <figure className="min-w-0">
      <figcaption className="type-caption mb-1 text-ink-3">{title}</figcaption>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keys
        tabIndex={0}
        className="max-h-56 overflow-auto rounded-lg border border-edge bg-surface p-3 text-[12px] leading-[18px]"
      >
        {JSON.stringify(record, null, 2)}
      </pre>
    </figure>
  );
}
