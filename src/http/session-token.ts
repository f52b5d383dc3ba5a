import { createHmac, timingSafeEqual } from "node:crypto";

/** The session token in a Cookie header, when its signature is ours; null otherwise. */
export function tokenOfCookie(header: string, name: string, secret: string): string | null {
  for (const pair of header.split(";")) {
    const separator = pair.indexOf("=");
    if (pair.slice(0, separator).trim() !== name) continue;
    return tokenOfSigned(decode(pair.slice(separator + 1).trim()), secret);
  }
  return null;
}

/** The session token of a bearer credential: the token alone, as sign-in answers it, or signed as in the cookie. */
export function tokenOfBearer(credential: string, secret: string): string | null {
  return credential.includes(".") ? tokenOfSigned(decode(credential), secret) : credential;
}

/** Sessions are signed as `token.base64(HMAC-SHA256(token))`. */
function tokenOfSigned(signed: string, secret: string): string | null {
  const separator = signed.lastIndexOf(".");
  const token = signed.slice(0, separator);
  const signature = Buffer.from(signed.slice(separator + 1), "base64");
  const expected = createHmac("sha256", secret).update(token).digest();
  return signature.length === expected.length && timingSafeEqual(signature, expected) ? token : null;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not percent-encoded after all: the signature decides.
    return text;
  }
}
