import { z } from "zod";
import { sendProblem } from "../../src/http/problems.ts";
import type { RegisterRoutes } from "../../src/http/server.ts";
import type { DemoInbox } from "./inbox.ts";
import { inboxPage, mailPage } from "./inbox-page.ts";

/** The demo's inbox for scripts and, asked for as text/html or at its own address, for people. Not part of the API. */
export function inboxRoutes(inbox: DemoInbox): RegisterRoutes {
  return (server) => {
    const hidden = { config: { action: "public" as const }, schema: { hide: true } };
    server.get("/_dev/inbox", hidden, async (request, reply) => {
      if (request.headers.accept?.includes("text/html")) {
        reply.guardPage();
        return reply.type("text/html; charset=utf-8").send(inboxPage(inbox.mails()));
      }
      return { success: true, data: inbox.mails() };
    });
    server.get("/_dev/inbox/page", hidden, async (_request, reply) => {
      reply.guardPage();
      return reply.type("text/html; charset=utf-8").send(inboxPage(inbox.mails()));
    });
    server.get(
      "/_dev/inbox/:number",
      {
        ...hidden,
        schema: { hide: true, params: z.strictObject({ number: z.coerce.number().int().min(0) }) },
      },
      async ({ params }, reply) => {
        const mails = inbox.mails();
        const mail = mails[mails.length - 1 - params.number];
        if (mail === undefined) return sendProblem(reply, "not_found");
        reply.guardPage();
        return reply.type("text/html; charset=utf-8").send(mailPage(mail));
      },
    );
  };
}
