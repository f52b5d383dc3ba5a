import { createTransport } from "nodemailer";
import type { Handover, Mail } from "../../application/mail-ports.ts";

/** Hands mails to one SMTP server. Addresses and subject go as fields, never as lines of text, so nothing in them can
 *  become a header or another recipient. */
export function createSmtp({ url, from }: SmtpSettings): Smtp {
  const transport = createTransport({
    url,
    connectionTimeout: 5_000,
    greetingTimeout: 5_000,
    dnsTimeout: 5_000,
    // Together well below the minute for which a mail is leased.
    socketTimeout: 20_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return async (mail, id) => {
    try {
      await transport.sendMail({
        from,
        to: { name: "", address: mail.to },
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        // The same at each attempt: whoever got it although we never heard so can tell the second one.
        messageId: `<${id}@${from.address.split("@").at(-1)}>`,
        headers: headersOf(mail),
      });
      return { kind: "sent" };
    } catch (error) {
      return handoverOf(error);
    }
  };
}

export type Smtp = (mail: Mail, id: string) => Promise<Handover>;

export type SmtpSettings = {
  readonly url: string;
  readonly from: { readonly name: string; readonly address: string };
};

function headersOf({ unsubscribeUrl }: Mail): Record<string, string> {
  const automatic = { "Auto-Submitted": "auto-generated" };
  if (unsubscribeUrl === null) return automatic;
  return {
    ...automatic,
    // RFC 8058: mail programs end the subscription with one click, by a POST to the same link.
    "List-Unsubscribe": `<${unsubscribeUrl}>`,
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
  };
}

/** Answers to these commands are about one mail; everything else is about the server or our account there. */
const COMMANDS_OF_A_MAIL = new Set(["MAIL FROM", "RCPT TO", "DATA"]);

function handoverOf(error: unknown): Handover {
  // Servers like to repeat the address, which is personal and kept nowhere in the clear.
  const reason = String(error instanceof Error ? error.message : error)
    .replace(/[^\s<>]+@[^\s<>]+/g, "…")
    .slice(0, 500);
  const code = numberIn(error, "responseCode");
  const isAboutMail = COMMANDS_OF_A_MAIL.has(textIn(error, "command"));
  if (code === null || !isAboutMail) return { kind: "unreachable", reason };
  return { kind: code >= 500 ? "rejected" : "deferred", reason };
}

function numberIn(error: unknown, field: string): number | null {
  const value: unknown = error instanceof Error ? Reflect.get(error, field) : null;
  return typeof value === "number" ? value : null;
}

function textIn(error: unknown, field: string): string {
  const value: unknown = error instanceof Error ? Reflect.get(error, field) : null;
  return typeof value === "string" ? value : "";
}
