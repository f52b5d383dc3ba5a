import { connect, createServer, type Socket } from "node:net";

/** Where a connection is cut: before the server sees COMMIT; when it has been sent, its fate unknown; when the server
 *  has carried it out, before the client hears of it. */
export type Cut = "before" | "at" | "after";

export type TcpProxy = {
  /** The database's address, through the proxy. */
  readonly connectionString: string;
  /** Cuts the next connection that commits. Resolves when it has been cut. */
  cutNext(cut: Cut): Promise<void>;
  /** Swallows whatever either side says from now on, without closing anything: as when a machine is gone. */
  fallSilent(): void;
  /** New connections get through again; those that fell silent stay so. */
  recover(): void;
  close(): Promise<void>;
};

/** Stands between a client and PostgreSQL and cuts connections around COMMIT. */
export async function startTcpProxy(connectionString: string): Promise<TcpProxy> {
  const target = new URL(connectionString);
  const { hostname } = target;
  const serverPort = Number(target.port);
  const sockets = new Set<Socket>();
  let isSilent = false;
  let armed: { cut: Cut; done: () => void } | null = null;
  const server = createServer((client) => {
    const upstream = connect(serverPort, hostname);
    let isLost = false;
    const swallows = () => {
      isLost ||= isSilent;
      return isLost;
    };
    const destroy = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", destroy).on("close", destroy);
      socket.on("close", () => sockets.delete(socket));
    }
    const cutNow = () => {
      armed?.done();
      armed = null;
      destroy();
    };
    client.on("data", (chunk) => {
      if (swallows()) return;
      const commits = chunk.includes("commit\0");
      if (commits && armed?.cut === "before") return cutNow();
      if (commits && armed?.cut === "at") return void upstream.write(chunk, cutNow);
      upstream.write(chunk);
    });
    upstream.on("data", (chunk) => {
      if (swallows()) return;
      if (armed?.cut === "after" && chunk.includes("COMMIT\0")) return cutNow();
      client.write(chunk);
    });
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
  target.host = `127.0.0.1:${port}`;
  return {
    connectionString: target.href,
    cutNext: (cut) =>
      new Promise((done) => {
        armed = { cut, done };
      }),
    fallSilent() {
      isSilent = true;
    },
    recover() {
      isSilent = false;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
