import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyReply, FastifyRequest } from "fastify";
import { sendProblem } from "./problems.ts";
import type { ZodServer } from "./zod-server.ts";

/** Serves the built page: its files, and index.html for every address that is none of the service's own, because the
 *  page routes in the browser. Everything else that is not found is a problem document. Has to be installed after all
 *  routes: it needs to know which paths exist, to tell a wrong method (405) from a wrong path (404). */
export async function installPage(server: ZodServer, settings: PageSettings): Promise<void> {
  const { folder } = settings;
  const index = folder === null ? null : await readFile(join(folder, "index.html"), "utf8");
  if (folder !== null) await serveFiles(server, folder);
  server.setNotFoundHandler(async (request, reply) => {
    if (index !== null && wantsPage(request)) {
      reply.guardPage();
      return reply.type("text/html; charset=utf-8").header("cache-control", "no-cache").send(index);
    }
    return refuseUnknown(server, request, reply);
  });
}

export type PageSettings = {
  /** The folder with the built page; null when the service is an API only. */
  readonly folder: string | null;
};

async function serveFiles(server: ZodServer, folder: string): Promise<void> {
  await server.register(fastifyStatic, { root: folder, serve: false, preCompressed: true });
  for (const file of await listFiles(folder)) {
    if (file === "index.html" || COMPRESSED.test(file)) continue;
    // Files with a hash in their name never change; the others may with every release.
    const isHashed = file.startsWith("assets/");
    server.get(
      `/${file}`,
      { config: { action: "public" }, schema: { hide: true } },
      async (_request, reply) => {
        reply.guardPage();
        return reply.sendFile(file, isHashed ? { maxAge: "365d", immutable: true } : { maxAge: 0 });
      },
    );
  }
}

const COMPRESSED = /\.(br|gz|map)$/;

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"));
}

function wantsPage(request: FastifyRequest): boolean {
  if (request.method !== "GET" && request.method !== "HEAD") return false;
  if (OWN_PATHS.test(request.url)) return false;
  return request.headers.accept?.includes("text/html") ?? false;
}

const OWN_PATHS = /^\/(api|assets|lemon-squeezy|_dev)(\/|$)/;

function refuseUnknown(server: ZodServer, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = request.url.split("?")[0] ?? "";
  const allowed = METHODS.filter((method) => server.findRoute({ url: path, method }) !== null);
  if (allowed.length === 0)
    return sendProblem(reply, "not_found", { detail: `There is nothing at ${path}.` });
  reply.header("allow", allowed.join(", "));
  return sendProblem(reply, "method_not_allowed", {
    detail: `${request.method} is not available at ${path}.`,
  });
}

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
