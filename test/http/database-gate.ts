import { connect, createServer, type Socket } from "node:net";

/** A gate in front of a database that a test can shut: open connections break and new ones are refused at once, as
 *  when the database's machine goes away. Opening it again is the database coming back. */
export async function openGate(connectionString: string): Promise<DatabaseGate> {
  const target = new URL(connectionString);
  const sockets = new Set<Socket>();
  let isOpen = true;
  const server = createServer((near) => {
    if (!isOpen) return void near.destroy();
    const far = connect({ host: target.hostname, port: Number(target.port) });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => sockets.delete(socket));
    }
    near.on("close", () => far.destroy());
    far.on("close", () => near.destroy());
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the gate listens on no port");
  const through = new URL(connectionString);
  through.hostname = "127.0.0.1";
  through.port = String(address.port);
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    connectionString: through.href,
    shut: () => {
      isOpen = false;
      cut();
    },
    open: () => {
      isOpen = true;
    },
    stop: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type DatabaseGate = {
  readonly connectionString: string;
  shut(): void;
  open(): void;
  stop(): Promise<void>;
};
