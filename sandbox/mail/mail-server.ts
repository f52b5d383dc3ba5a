import { once } from "node:events";
import type { AddressInfo } from "node:net";
import PostalMime from "postal-mime";
import { SMTPServer } from "smtp-server";

/** An SMTP server on this machine alone. It takes what `accept` does not throw at; an error with a `responseCode` is the
 *  server's answer. @param port 0 for any. */
export async function startMailServer(
  accept: (mail: ReceivedMail) => void | Promise<void>,
  port = 0,
): Promise<MailServer> {
  const server = new SMTPServer({
    disabledCommands: ["AUTH", "STARTTLS"],
    logger: false,
    closeTimeout: 1_000,
    onData(stream, session, callback) {
      readMail(
        stream,
        session.envelope.rcptTo.map(({ address }) => address),
      )
        .then(accept)
        .then(
          () => callback(),
          (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
        );
    },
  });
  // A client that goes away in the middle is no fault of ours.
  server.on("error", () => {});
  const listening = server.listen(port, "127.0.0.1");
  await once(listening, "listening");
  const address = listening.address() as AddressInfo;
  return {
    smtpUrl: `smtp://127.0.0.1:${address.port}`,
    port: address.port,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

export type MailServer = { readonly smtpUrl: string; readonly port: number; stop(): Promise<void> };

export type ReceivedMail = {
  readonly to: string;
  readonly from: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly sent_at: string;
};

async function readMail(stream: AsyncIterable<Buffer>, recipients: readonly string[]): Promise<ReceivedMail> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  const mail = await PostalMime.parse(Buffer.concat(chunks));
  return {
    to: recipients.join(", "),
    from: mail.from?.address ?? "",
    subject: mail.subject ?? "",
    text: mail.text ?? "",
    html: mail.html ?? "",
    headers: Object.fromEntries(mail.headers.map(({ key, value }) => [key, value])),
    sent_at: new Date().toISOString(),
  };
}
