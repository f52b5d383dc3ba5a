import type { FastifyReply } from "fastify";
import { z } from "zod";
import type { Unsubscribe } from "../../application/unsubscribe.ts";
import { sendInvalid } from "../problems.ts";
import type { ZodServer } from "../zod-server.ts";

/** Where the link at the end of a warning leads. Reading the page changes nothing, since mail programs open links on
 *  their own to look for harm; its button does, and so does a mail program's own one-click POST (RFC 8058). */
export function registerUnsubscribeRoutes(server: ZodServer, dependencies: UnsubscribeDependencies): void {
  ignoreBodies(server);
  server.get(
    "/mail/unsubscribe",
    {
      config: { action: "public" },
      schema: {
        tags: ["Mail"],
        summary: "The page behind a warning's unsubscribe link",
        querystring: tokenQuery,
      },
    },
    ({ query }, reply) => {
      if (dependencies.readToken(query.token) === null) return refuseToken(reply);
      return sendPage(reply, {
        title: "No more balance warnings?",
        text: "You will still be told when the credits are used up and calls stop.",
        button: { label: "Unsubscribe", path: "/mail/unsubscribe", token: query.token },
      });
    },
  );
  registerChange(server, dependencies, {
    path: "/mail/unsubscribe",
    isOut: true,
    summary: "End an organization's warnings to one address",
    title: "You get no more balance warnings",
    undo: { label: "Subscribe again", path: "/mail/subscribe" },
  });
  registerChange(server, dependencies, {
    path: "/mail/subscribe",
    isOut: false,
    summary: "Begin an organization's warnings to one address again",
    title: "You get balance warnings again",
    undo: { label: "Unsubscribe", path: "/mail/unsubscribe" },
  });
}

export type UnsubscribeDependencies = {
  readonly readToken: Unsubscribe["readToken"];
  readonly setOptOut: (optOut: {
    organizationId: string;
    addressDigest: string;
    isOut: boolean;
  }) => Promise<void>;
};

type Change = {
  readonly path: string;
  readonly isOut: boolean;
  readonly summary: string;
  readonly title: string;
  readonly undo: { readonly label: string; readonly path: string };
};

function registerChange(
  server: ZodServer,
  { readToken, setOptOut }: UnsubscribeDependencies,
  { path, isOut, summary, title, undo }: Change,
): void {
  server.post(
    path,
    { config: { action: "public" }, schema: { tags: ["Mail"], summary, querystring: tokenQuery } },
    async ({ query }, reply) => {
      const subscription = readToken(query.token);
      if (subscription === null) return refuseToken(reply);
      await setOptOut({ ...subscription, isOut });
      const text = "You will be told in any case when the credits are used up and calls stop.";
      return sendPage(reply, { title, text, button: { ...undo, token: query.token } });
    },
  );
}

const tokenQuery = z.strictObject({ token: z.string().max(500) });

/** Forms and mail programs send bodies of their own kind. The signed token says it all. */
function ignoreBodies(server: ZodServer): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: 4_096 }, (_request, _body, done) =>
    done(null, undefined),
  );
}

function refuseToken(reply: FastifyReply): FastifyReply {
  return sendInvalid(reply, [{ path: "token", message: "Is not from one of our mails" }]);
}

type Page = {
  readonly title: string;
  readonly text: string;
  readonly button: { readonly label: string; readonly path: string; readonly token: string };
};

async function sendPage(reply: FastifyReply, { title, text, button }: Page): Promise<FastifyReply> {
  reply.guardPage();
  // The token was found genuine: it consists of letters, digits, dots, dashes and underscores.
  const action = `${button.path}?token=${encodeURIComponent(button.token)}`;
  return reply
    .type("text/html; charset=utf-8")
    .header("referrer-policy", "no-referrer")
    .send(`<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<title>${title}</title><style>${STYLE}</style></head><body><main><h1>${title}</h1><p>${text}</p>
<form method="post" action="${action}"><button>${button.label}</button></form></main></body></html>`);
}

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:0;padding:15vh 1rem}
main{max-width:30rem;margin:0 auto}h1{font-size:1.4rem}button{font:inherit;font-weight:600;padding:.6rem 1.2rem;border:0;
border-radius:.6rem;background:#5145a0;color:#fff;cursor:pointer}`;
