import { Counter, Gauge, type Registry } from "prom-client";
import type { LiveHub } from "../notify/live/hub.ts";

/** Counts the live streams of this process, and what they are sent. */
export function measureStreams(hub: LiveHub, registry: Registry): LiveHub {
  const registers = [registry];
  const open = new Gauge({ name: "airtime_streams_open", help: "Open live streams.", registers });
  const messages = new Counter({
    name: "airtime_stream_messages_total",
    help: "Messages sent to live streams.",
    registers,
  });
  const closed = new Counter({
    name: "airtime_streams_closed_total",
    help: "Live streams that the service closed, by close code: 1001 it stops, 1013 too slow or too many, 4410 too old.",
    labelNames: ["code"],
    registers,
  });
  return {
    ...hub,
    subscribe(subscription) {
      const { sink } = subscription;
      const leave = hub.subscribe({
        ...subscription,
        sink: {
          ...sink,
          send(text) {
            messages.inc();
            sink.send(text);
          },
          close(code, reason) {
            closed.inc({ code });
            sink.close(code, reason);
          },
        },
      });
      open.inc();
      let isOpen = true;
      return () => {
        if (isOpen) open.dec();
        isOpen = false;
        leave();
      };
    },
  };
}
