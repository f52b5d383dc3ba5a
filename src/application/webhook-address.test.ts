import { describe, expect, test } from "vitest";
import { isAllowedAddress, problemOfUrl } from "./webhook-address.ts";

const PUBLIC = [
  "1.1.1.1",
  "8.8.8.8",
  "172.15.255.255",
  "172.32.0.1",
  "100.63.255.255",
  "192.167.1.1",
  "223.255.255.255",
];
const PUBLIC_6 = ["2606:4700:4700::1111", "2a00:1450:4001:80b::200e", "2001:4860:4860::8888"];

const THIS_MACHINE = ["127.0.0.1", "127.255.255.254", "::1"];

const INTERNAL = [
  ["this network", "0.0.0.0", "0.1.2.3"],
  ["private", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255"],
  ["carriers' NAT, metadata of a cloud", "100.64.0.1", "100.100.100.200", "100.127.255.255"],
  ["link-local, metadata of clouds", "169.254.0.1", "169.254.169.254"],
  ["assigned, documentation, measurements", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.19.255.255"],
  ["documentation, relays", "198.51.100.1", "203.0.113.1", "192.88.99.1"],
  ["multicast, reserved, broadcast", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"],
  ["IPv6 nowhere, link-local, old site-local", "::", "fe80::1", "febf::1", "fe80::1%eth0", "fec0::1"],
  ["IPv6 unique local, metadata of a cloud", "fc00::1", "fd00:ec2::254", "fdff::1"],
  ["IPv6 multicast, documentation, discard", "ff02::1", "2001:db8::1", "3fff::1", "100::1"],
  ["IPv4 mapped into IPv6", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1", "::ffff:8.8.8.8"],
  ["IPv4 compatible, translated", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1"],
  ["IPv4 tunnelled: 6to4, Teredo", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2001:0:7f00:1::"],
  ["no address", "", "localhost", "127.1", "0x7f000001", "2130706433", "1.1.1.1/32"],
];

describe("something may be sent to", () => {
  test.each([...PUBLIC, ...PUBLIC_6])("%s", (address) => {
    expect(isAllowedAddress(address, { isDemo: false })).toBe(true);
    expect(isAllowedAddress(address, { isDemo: true })).toBe(true);
  });

  test.each(THIS_MACHINE)("%s in demo mode only", (address) => {
    expect(isAllowedAddress(address, { isDemo: true })).toBe(true);
    expect(isAllowedAddress(address, { isDemo: false })).toBe(false);
  });
});

test.each(INTERNAL)("nothing is sent to %s, in no mode", (_what, ...addresses) => {
  for (const isDemo of [true, false])
    expect(addresses.filter((address) => isAllowedAddress(address, { isDemo }))).toEqual([]);
});

describe("a URL", () => {
  test.each([
    "https://hooks.example.com/in?token=1",
    "https://hooks.example.com:8443/",
    "https://1.1.1.1/",
    "https://[2606:4700:4700::1111]/",
    "https://localhost.example.com/",
  ])("%s is taken", (url) => {
    expect(problemOfUrl(url, { isDemo: false })).toBeNull();
  });

  test.each<[url: string, problem: string]>([
    ["http://hooks.example.com/", "Must be an https URL"],
    ["file:///etc/passwd", "Must be an https URL"],
    ["hooks.example.com", "Must be an absolute URL"],
    ["https://me@example.com/", "Must not contain a user name or password"],
    ["https://:secret@example.com/", "Must not contain a user name or password"],
    ...[
      "https://localhost/",
      "https://localhost./",
      "https://api.localhost/",
      "https://db.internal/",
      "https://printer.local/",
      "https://127.0.0.1/",
      "https://127.1/",
      "https://0x7f.1/",
      "https://2130706433/",
      "https://0177.0.0.1/",
      "https://169.254.169.254/",
      "https://[::1]/",
      "https://[::ffff:127.0.0.1]/",
      "https://[fd00:ec2::254]/",
      "https://①②⑦.0.0.1/",
    ].map((url): [string, string] => [url, "Must not lead into an internal network"]),
  ])("%s is refused", (url, problem) => {
    expect(problemOfUrl(url, { isDemo: false })).toBe(problem);
  });

  test.each(["http://localhost:4000/", "http://127.0.0.1:4000/", "https://[::1]/", "http://example.com/"])(
    "%s is taken in demo mode",
    (url) => {
      expect(problemOfUrl(url, { isDemo: true })).toBeNull();
    },
  );

  test.each([
    "http://10.0.0.1/",
    "http://169.254.169.254/",
    "http://[::ffff:127.0.0.1]/",
    "http://api.localhost/",
  ])("%s is refused in demo mode too", (url) => {
    expect(problemOfUrl(url, { isDemo: true })).toBe("Must not lead into an internal network");
  });
});
