import { randomBytes } from "node:crypto";

/** A new id such as "usr_01k9x…": the prefix, the time in milliseconds and 80 random bits, in an alphabet that sorts
 *  as the time does, so that new rows land at the end of their index. */
export function newId(prefix: string, nowMs: number = Date.now()): string {
  return `${prefix}_${timePart(nowMs)}${randomPart()}`;
}

// Crockford's base 32: no letters that read as digits.
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

function timePart(nowMs: number): string {
  let rest = nowMs;
  let text = "";
  for (let position = 0; position < 10; position += 1) {
    text = ALPHABET.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

function randomPart(): string {
  // One byte a character, of which 5 bits are used: 16 characters, 80 bits.
  return Array.from(randomBytes(16), (byte) => ALPHABET.charAt(byte & 31)).join("");
}
