import { hash as digestOf } from "node:crypto";
import { type BinaryRow, isNull, lengthOf, startOf } from "./binary-row.ts";

/** The bytes that a transaction's hash covers, put together in one reused buffer: `chainHash` says the same with a dozen
 *  strings a row, which is too slow for millions. A test holds the two together. */
export type ChainBytes = {
  /** Begins the next row with the hash before it. */
  begin(previousHash: string): void;
  /** A field that goes in as its bytes. */
  putField(row: BinaryRow, field: number): void;
  putText(ascii: string): void;
  /** @param value a whole number, safe. */
  putInteger(value: number): void;
  putNull(): void;
  /** SHA-256 of what was put since `begin`, hex. */
  digest(): string;
};

export function createChainBytes(): ChainBytes {
  let buffer = Buffer.allocUnsafe(16_384);
  let end = 0;

  function ensure(more: number): void {
    if (end + more <= buffer.length) return;
    const larger = Buffer.allocUnsafe(2 * (end + more));
    buffer.copy(larger, 0, 0, end);
    buffer = larger;
  }

  /** Digits of a whole number from 0. */
  function putDigits(value: number): void {
    const start = end;
    end += digitsIn(value);
    let at = end;
    let rest = value;
    while (at > start) {
      at -= 1;
      const tenth = Math.floor(rest / 10);
      buffer[at] = 48 + rest - 10 * tenth;
      rest = tenth;
    }
  }

  function putLength(length: number): void {
    ensure(length + 24);
    putDigits(length);
    buffer[end] = COLON;
    end += 1;
  }

  function putNull(): void {
    ensure(2);
    buffer[end] = MINUS;
    buffer[end + 1] = SEMICOLON;
    end += 2;
  }

  function putText(ascii: string): void {
    putLength(ascii.length);
    end += buffer.write(ascii, end, "latin1");
    buffer[end] = SEMICOLON;
    end += 1;
  }

  return {
    begin(previousHash) {
      end = 0;
      putText(previousHash);
    },
    putField(row, field) {
      if (isNull(row, field)) return putNull();
      const length = lengthOf(row, field);
      putLength(length);
      copyInto(buffer, end, row.bytes, startOf(row, field), length);
      end += length;
      buffer[end] = SEMICOLON;
      end += 1;
    },
    putText,
    putInteger(value) {
      const size = Math.abs(value);
      putLength(digitsIn(size) + (value < 0 ? 1 : 0));
      if (value < 0) {
        buffer[end] = MINUS;
        end += 1;
      }
      putDigits(size);
      buffer[end] = SEMICOLON;
      end += 1;
    },
    putNull,
    digest: () => digestOf("sha256", buffer.subarray(0, end), "hex"),
  };
}

const COLON = 58;
const SEMICOLON = 59;
const MINUS = 45;

function digitsIn(value: number): number {
  let digits = 1;
  for (let limit = 10; value >= limit; limit *= 10) digits += 1;
  return digits;
}

/** Below this many bytes a loop is faster than the call that copies them. */
const LOOP_MAX = 48;

function copyInto(to: Buffer, at: number, from: Buffer, start: number, length: number): void {
  if (length > LOOP_MAX) from.copy(to, at, start, start + length);
  else for (let index = 0; index < length; index += 1) to[at + index] = from[start + index] ?? 0;
}
