import { createHmac, timingSafeEqual } from "node:crypto";

/** True when `signature` is the lower-case hex HMAC-SHA256 of the untouched body under one of `secrets`, compared in
 *  constant time. Anything else (absent, upper case, wrong length) is plainly false. Two secrets are valid at once
 *  while a secret is being rotated. Source: lemon-squeezy.md section 5; upper case: contract.md, Payments. */
export function isSignedBy(
  rawBody: Buffer,
  signature: string | undefined,
  secrets: readonly string[],
): boolean {
  if (signature === undefined || !lowerCaseSha256.test(signature)) return false;
  const given = Buffer.from(signature, "hex");
  let matches = false;
  for (const secret of secrets) {
    // An empty secret would let anyone sign, so it never counts as one.
    if (secret === "") continue;
    // Every secret is tried: the time taken does not tell which one matched.
    if (timingSafeEqual(given, hmacOf(rawBody, secret))) matches = true;
  }
  return matches;
}

const lowerCaseSha256 = /^[0-9a-f]{64}$/;

function hmacOf(rawBody: Buffer, secret: string): Buffer {
  return createHmac("sha256", secret).update(rawBody).digest();
}
