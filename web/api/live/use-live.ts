import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { LiveMessage } from "../records.ts";
import { applyLiveMessage } from "./apply-live-message.ts";
import { joinSharedStream, type LiveState } from "./shared-stream.ts";

/** Totals that a message does not carry (runway, refunds) are read again at most this often while news comes in. */
const RECONCILE_MS = 3000;

/** Keeps what the page shows of an organization live, and says whether the stream is up.
 *  @param onMessage called for each message after it has entered the cache; must be stable. */
export function useLive(organizationId: string, onMessage: (message: LiveMessage) => void): LiveState {
  const client = useQueryClient();
  const [state, setState] = useState<LiveState>("connecting");
  useEffect(() => {
    const reconcile = reconciler(client, organizationId);
    const leave = joinSharedStream(organizationId, {
      onState: setState,
      onGap: () => readAgain(client, organizationId),
      onMessage: (message) => {
        applyLiveMessage(client, message);
        announceToPage(message);
        onMessage(message);
        reconcile.later();
      },
    });
    return () => {
      leave();
      reconcile.stop();
    };
  }, [client, organizationId, onMessage]);
  return state;
}

/** Scripts beside the page (an embedding application) hear of every change by this event. */
function announceToPage(message: LiveMessage): void {
  if (message.type === "session_updated") return;
  dispatchEvent(new CustomEvent("billingUpdated", { detail: message }));
}

function readAgain(client: QueryClient, organizationId: string): void {
  for (const key of ["summary", "history", "active-sessions"]) {
    client.invalidateQueries({ queryKey: [key, organizationId] });
  }
}

function reconciler(client: QueryClient, organizationId: string): { later(): void; stop(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    later() {
      timer ??= setTimeout(() => {
        timer = undefined;
        client.invalidateQueries({ queryKey: ["summary", organizationId] });
      }, RECONCILE_MS);
    },
    stop: () => clearTimeout(timer),
  };
}
