import type { WebSocket } from "ws";
import type { AccessCheck, StreamAccess } from "./stream-access.ts";

/** Watches over open connections: every beat each is pinged, one that answered no ping since the last beat is cut off,
 *  and one whose opener may no longer listen is closed with 1008. */
export function watchConnections(settings: WatchSettings): ConnectionWatch {
  const { isAllowed, beatMs = 25_000, onFault } = settings;
  const connections = new Set<Connection>();

  async function review(shared: readonly Connection[]): Promise<void> {
    const [first] = shared;
    try {
      if (first === undefined || (await isAllowed(first.access))) return;
      for (const { socket } of shared) socket.close(1008, "access was withdrawn");
    } catch (error) {
      // It cannot be told now. Nor can there be news while the database is away.
      onFault(error);
    }
  }

  const beating = setInterval(() => {
    for (const connection of connections) beat(connection);
    for (const shared of byOpener(connections)) void review(shared);
  }, beatMs);
  beating.unref();

  return {
    add(socket, access) {
      const connection = { socket, access, isAlive: true };
      connections.add(connection);
      socket.on("pong", () => {
        connection.isAlive = true;
      });
      socket.on("close", () => connections.delete(connection));
    },
    stop: () => clearInterval(beating),
  };
}

export type ConnectionWatch = {
  add(socket: WebSocket, access: StreamAccess): void;
  stop(): void;
};

export type WatchSettings = {
  readonly isAllowed: AccessCheck;
  /** Twice this is the longest that a dead or forbidden connection stays. */
  readonly beatMs?: number;
  readonly onFault: (error: unknown) => void;
};

type Connection = { readonly socket: WebSocket; readonly access: StreamAccess; isAlive: boolean };

function beat(connection: Connection): void {
  if (!connection.isAlive) {
    connection.socket.terminate();
    return;
  }
  connection.isAlive = false;
  connection.socket.ping();
}

/** Tabs and processes that share a credential are asked about once. */
function byOpener(connections: Iterable<Connection>): Iterable<readonly Connection[]> {
  const groups = new Map<string, Connection[]>();
  for (const connection of connections) {
    const { organizationId, credential } = connection.access;
    const opener = `${organizationId}\u0000${credential.token}`;
    const group = groups.get(opener) ?? [];
    group.push(connection);
    groups.set(opener, group);
  }
  return groups.values();
}
