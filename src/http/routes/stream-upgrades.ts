import { type IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";

/** The WebSocket upgrades to one path, as a server that never listens and only emits `upgrade`. Every other request
 *  that asks for an upgrade is answered as if it had not: HTTP clients that offer HTTP/2 with each request (Java's
 *  does) must be able to POST. Without this Node would take the body of such a request for the new protocol's first
 *  bytes. */
export function upgradesTo(path: string, server: Server): Server {
  const upgrades = new Server();
  server.on("upgrade", (request, socket, head) => {
    const isWebSocket = request.headers.upgrade?.toLowerCase() === "websocket";
    if (isWebSocket && request.method === "GET" && request.url?.split("?")[0] === path) {
      upgrades.emit("upgrade", request, socket, head);
    } else {
      serveWithoutUpgrade(server, request, socket, head);
    }
  });
  return upgrades;
}

/** Puts the request back in front of the connection without its offer, and lets the server read it again. */
function serveWithoutUpgrade(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index] ?? "";
    if (!HOP_HEADERS.has(name.toLowerCase())) lines.push(`${name}: ${request.rawHeaders[index + 1]}`);
  }
  // Headers are bytes: latin1 gives back each one as it came.
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), head]));
  server.emit("connection", socket);
}

const HOP_HEADERS: ReadonlySet<string> = new Set(["upgrade", "connection", "http2-settings"]);
