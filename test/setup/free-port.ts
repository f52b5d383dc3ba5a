import { once } from "node:events";
import { createServer } from "node:net";

/** A port for a service that a test starts. From below those that the system gives to outgoing connections: one of these
 *  could take a port between our look and the service's start. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = PORTS.first + Math.floor(Math.random() * PORTS.count);
    const server = createServer();
    try {
      await once(server.listen(port, "127.0.0.1"), "listening");
      return port;
    } catch {
      // Somebody has it.
    } finally {
      server.close();
    }
  }
}

const PORTS = { first: 11_000, count: 20_000 };
