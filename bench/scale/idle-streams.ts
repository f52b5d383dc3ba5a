import { once } from "node:events";
import { WebSocket } from "ws";
import type { BenchContext } from "../context.ts";
import { type Figure, plainFigure } from "../figure.ts";
import { prepareOrganizations } from "../http/organizations.ts";
import { startServiceProcess } from "../http/service-process.ts";

const OPENED_AT_ONCE = 50;

/** Memory of one service process with many pages open that hear nothing, as most are most of the time. */
export async function measureIdleStreams({ plan, server, progress }: BenchContext): Promise<Figure[]> {
  progress(`scale: opening ${plan.idleStreams.toLocaleString("en")} streams`);
  const database = await server.createDatabase("streams", "airtime");
  const keys = await prepareOrganizations(database, plan.httpOrganizations);
  const service = await startServiceProcess(database);
  const sockets: WebSocket[] = [];
  try {
    const before = await service.usage();
    while (sockets.length < plan.idleStreams) {
      const count = Math.min(OPENED_AT_ONCE, plan.idleStreams - sockets.length);
      const opened = Array.from({ length: count }, (_, number) =>
        openStream(service.port, keys[(sockets.length + number) % keys.length] ?? ""),
      );
      sockets.push(...(await Promise.all(opened)));
    }
    const after = await service.usage();
    return [
      plainFigure({
        name: "scale.idle_streams.memory",
        value: after.residentBytes / 2 ** 20,
        unit: "MiB",
        // 300 MB, for 5,000 streams.
        bar: { of: "value", most: 286 },
        note:
          `one process with ${sockets.length.toLocaleString("en")} open streams; ` +
          `${(before.residentBytes / 2 ** 20).toFixed(0)} MiB before, ` +
          `${((after.residentBytes - before.residentBytes) / sockets.length / 1024).toFixed(1)} KiB a stream`,
      }),
    ];
  } finally {
    for (const socket of sockets) socket.terminate();
    await service.stop();
    await server.dropDatabase(database);
  }
}

async function openStream(port: number, key: string): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/billing/stream`, {
    headers: { authorization: `Bearer ${key}` },
  });
  await once(socket, "open");
  return socket;
}
