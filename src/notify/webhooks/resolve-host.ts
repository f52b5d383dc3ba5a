import { Resolver } from "node:dns/promises";

/** Looks up the addresses of a host name. Throws when it has none, or the name servers do not answer in time. */
export type ResolveHost = (host: string) => Promise<readonly string[]>;

/** Asks the name servers. Not the operating system's own lookup: that one blocks a thread for each name whose servers
 *  are slow, and the process has four. */
export function createResolver(): ResolveHost {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  return async (host) => {
    if (host === "localhost") return ["127.0.0.1", "::1"];
    const found = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    const addresses = found.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
    if (addresses.length > 0) return addresses;
    throw new Error(`The name ${host} has no address.`);
  };
}
