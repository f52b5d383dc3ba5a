import { appendFile, readFile } from "node:fs/promises";
import { type ReceivedMail, startMailServer } from "./mail-server.ts";

/** Where the demo's mail arrives: a real SMTP server, so that mail goes its real way, which keeps the latest mails in a
 *  file of the data directory. */
export async function startInbox(path: string): Promise<DemoInbox> {
  const mails = (await readMails(path)).slice(-MAILS_MAX);
  const server = await startMailServer(async (mail) => {
    // On disk before it is acknowledged: whoever sent it will not send it again.
    await appendFile(path, `${JSON.stringify(mail)}\n`, { mode: 0o600 });
    mails.push(mail);
    if (mails.length > MAILS_MAX) mails.shift();
  });
  return { smtpUrl: server.smtpUrl, mails: () => mails.toReversed(), stop: server.stop };
}

export type DemoInbox = {
  readonly smtpUrl: string;
  /** The latest mails, the newest first. */
  mails(): readonly ReceivedMail[];
  stop(): Promise<void>;
};

const MAILS_MAX = 2_000;

async function readMails(path: string): Promise<ReceivedMail[]> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text.split("\n").flatMap((line): ReceivedMail[] => {
    try {
      return [JSON.parse(line)];
    } catch {
      return []; // cut off when the process was killed, and so never acknowledged
    }
  });
}
