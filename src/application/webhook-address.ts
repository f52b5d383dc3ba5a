import { BlockList, isIP } from "node:net";

/** Where webhooks may go. `isDemo`: to this machine too, and without encryption, so that a receiver can be tried out. */
export type AddressPolicy = { readonly isDemo: boolean };

/** What is wrong with a webhook's URL; null when nothing is. A name is looked up only when something is sent. */
export function problemOfUrl(text: string, { isDemo }: AddressPolicy): string | null {
  if (!URL.canParse(text)) return "Must be an absolute URL";
  const url = new URL(text);
  const schemes = isDemo ? ["https:", "http:"] : ["https:"];
  if (!schemes.includes(url.protocol))
    return isDemo ? "Must be an http or https URL" : "Must be an https URL";
  if (url.username !== "" || url.password !== "") return "Must not contain a user name or password";
  const host = hostOf(url);
  const isInternalName =
    /(^|\.)(localhost|local|internal)\.?$/i.test(host) && !(isDemo && host === "localhost");
  const isInternal = isInternalName || (isIP(host) !== 0 && !isAllowedAddress(host, { isDemo }));
  return isInternal ? "Must not lead into an internal network" : null;
}

/** The name or address that a URL leads to, an IPv6 address without its brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1");
}

/** Whether something may be sent to an address: it belongs to the public Internet, or is this machine in demo mode. */
export function isAllowedAddress(address: string, { isDemo }: AddressPolicy): boolean {
  const version = isIP(address);
  if (version === 0 || address.includes("%")) return false;
  const family = version === 4 ? "ipv4" : "ipv6";
  if (isDemo && (version === 4 ? LOOPBACK.check(address, family) : address === "::1")) return true;
  if (version === 4) return !INTERNAL.check(address, family);
  return GLOBAL.check(address, family) && !INTERNAL.check(address, family);
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");

// All that is given out of IPv6 lies in here; mapped, translated, local and link-local addresses do not.
const GLOBAL = new BlockList();
GLOBAL.addSubnet("2000::", 3, "ipv6");

/** Not for the public Internet. Source: IANA, Special-Purpose Address Registries for IPv4 and IPv6. */
const INTERNAL = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8], // this network
  ["10.0.0.0", 8], // private
  ["100.64.0.0", 10], // carriers' NAT; some clouds' metadata
  ["127.0.0.0", 8], // this machine
  ["169.254.0.0", 16], // link-local, metadata of clouds
  ["172.16.0.0", 12], // private
  ["192.0.0.0", 24], // protocol assignments
  ["192.0.2.0", 24], // documentation
  ["192.88.99.0", 24], // relays to IPv6
  ["192.168.0.0", 16], // private
  ["198.18.0.0", 15], // measurements
  ["198.51.100.0", 24], // documentation
  ["203.0.113.0", 24], // documentation
  ["224.0.0.0", 3], // multicast, reserved, broadcast
] as const)
  INTERNAL.addSubnet(network, prefix, "ipv4");
for (const [network, prefix] of [
  ["2001::", 23], // protocol assignments, Teredo among them: it leads to IPv4
  ["2001:db8::", 32], // documentation
  ["2002::", 16], // 6to4: leads to IPv4
  ["3fff::", 20], // documentation
] as const)
  INTERNAL.addSubnet(network, prefix, "ipv6");
