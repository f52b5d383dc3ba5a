import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

/** Links that end an organization's warnings to one address, for whoever holds the mail: signed, so that nobody can make
 *  one, and without the address, so that no log and no proxy sees it. @param secret the master secret. */
export function createUnsubscribe(secret: string): Unsubscribe {
  const key = Buffer.from(hkdfSync("sha256", secret, "", "airtime unsubscribe", 32));
  const sign = (text: string) => createHmac("sha256", key).update(text).digest("base64url");
  return {
    digestOf: (organizationId, address) => sign(`address\n${organizationId}\n${address.toLowerCase()}`),
    tokenOf(organizationId, addressDigest) {
      const content = `${organizationId}.${addressDigest}`;
      return `${content}.${sign(`token\n${content}`)}`;
    },
    readToken(token) {
      const [organizationId = "", addressDigest = "", signature = ""] = token.split(".");
      const expected = Buffer.from(sign(`token\n${organizationId}.${addressDigest}`));
      const given = Buffer.from(signature);
      const isGenuine = given.length === expected.length && timingSafeEqual(given, expected);
      return isGenuine ? { organizationId, addressDigest } : null;
    },
  };
}

export type Unsubscribe = {
  /** What stands for an address in a token and in the list of those who want no warnings. */
  digestOf(organizationId: string, address: string): string;
  tokenOf(organizationId: string, addressDigest: string): string;
  /** Null when the token was not made here, or was changed. */
  readToken(token: string): { readonly organizationId: string; readonly addressDigest: string } | null;
};
