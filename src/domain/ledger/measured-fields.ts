import { hash as digestOf } from "node:crypto";

/** Fields one after the other, each with its length in bytes before it, so that no field can run into the next one. They
 *  are put together in one buffer that is kept: as text, a transaction's took some thirty short-lived strings. */
export type MeasuredFields = {
  /** Null and the empty text differ. */
  text(value: string | null): void;
  /** The decimal digits of a whole number. */
  integer(value: bigint | number): void;
  /** SHA-256 of everything since the last time, hex. */
  digest(): string;
};

export function createMeasuredFields(): MeasuredFields {
  let buffer = Buffer.allocUnsafe(4_096);
  let end = 0;

  function reserve(more: number): void {
    if (end + more <= buffer.length) return;
    const larger = Buffer.allocUnsafe(2 * (end + more));
    buffer.copy(larger, 0, 0, end);
    buffer = larger;
  }

  function digits(value: number): void {
    const start = end;
    end += digitsIn(value);
    let rest = value;
    for (let at = end - 1; at >= start; at--) {
      const tenth = Math.floor(rest / 10);
      buffer[at] = ZERO + rest - 10 * tenth;
      rest = tenth;
    }
  }

  function measured(value: string, length: number): void {
    const start = end;
    digits(length);
    buffer[end++] = COLON;
    const written = write(value);
    buffer[end++] = SEMICOLON;
    if (written === length) return;
    // As many bytes as characters was a guess that holds for nearly every text.
    end = start;
    measured(value, written);
  }

  function write(value: string): number {
    const start = end;
    end += value.length <= SHORT_TEXT_MAX ? writeAscii(buffer, start, value) : 0;
    if (end - start < value.length) end = start + buffer.write(value, start, "utf8");
    return end - start;
  }

  function text(value: string | null): void {
    // A character takes at most three bytes, a length at most ten digits.
    reserve((value?.length ?? 0) * 3 + 12);
    if (value === null) {
      buffer[end++] = MINUS;
      buffer[end++] = SEMICOLON;
    } else {
      measured(value, value.length);
    }
  }

  return {
    text,
    integer(value) {
      const number = Number(value);
      const size = Math.abs(number);
      if (!Number.isSafeInteger(number)) return text(String(value));
      reserve(24);
      digits(digitsIn(size) + (number < 0 ? 1 : 0));
      buffer[end++] = COLON;
      if (number < 0) buffer[end++] = MINUS;
      digits(size);
      buffer[end++] = SEMICOLON;
    },
    digest() {
      const digest = digestOf("sha256", buffer.subarray(0, end), "hex");
      end = 0;
      return digest;
    },
  };
}

const ZERO = 48;
const COLON = 58;
const SEMICOLON = 59;
const MINUS = 45;

/** Up to here a loop is faster than the call that encodes. */
const SHORT_TEXT_MAX = 64;

/** How many characters were written: fewer than there are when one of them is not ASCII. */
function writeAscii(buffer: Buffer, start: number, value: string): number {
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index);
    if (code > 127) return index;
    buffer[start + index] = code;
  }
  return value.length;
}

function digitsIn(value: number): number {
  let digits = 1;
  for (let limit = 10; value >= limit; limit *= 10) digits += 1;
  return digits;
}
