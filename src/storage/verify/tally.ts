import { randomBytes } from "node:crypto";

/** Two tables that must name the same facts, whatever the order and however many: one side's facts are added, the other's
 *  taken away, and zero says that each found its own. A fact counts as two keyed 32-bit fingerprints; the key is drawn
 *  anew in each process, so that nobody can choose facts that cancel out. */
export type Tally = { first: number; second: number };

export function createTally(): Tally {
  return { first: 0, second: 0 };
}

export function isEven(tally: Tally): boolean {
  return tally.first === 0 && tally.second === 0;
}

/** The bytes of an id, and two whole numbers that belong to it. */
export type Fact = {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly length: number;
  readonly seq: number;
  readonly amount: number;
};

export function addFact(tally: Tally, fact: Fact): void {
  fingerprint(fact);
  tally.first = (tally.first + first) | 0;
  tally.second = (tally.second + second) | 0;
}

export function takeFact(tally: Tally, fact: Fact): void {
  fingerprint(fact);
  tally.first = (tally.first - first) | 0;
  tally.second = (tally.second - second) | 0;
}

const key = randomBytes(16);
const [SEED_1, SEED_2] = [key.readInt32LE(0), key.readInt32LE(4)];
// Odd, so that multiplying loses nothing.
const [FACTOR_1, FACTOR_2] = [key.readInt32LE(8) | 1, key.readInt32LE(12) | 1];

// Left here for the caller: a pair returned for each of millions of rows would only be thrown away.
let first = 0;
let second = 0;

function fingerprint({ bytes, start, length, seq, amount }: Fact): void {
  first = SEED_1 ^ length;
  second = SEED_2 ^ length;
  const end = start + length;
  for (let index = start; index < end; index += 1) mix(bytes[index] ?? 0);
  mix(seq | 0);
  mix(Math.floor(seq / 4_294_967_296));
  mix(amount | 0);
  mix(Math.floor(amount / 4_294_967_296));
  first = scattered(first);
  second = scattered(second);
}

function mix(value: number): void {
  first = Math.imul(first ^ value, FACTOR_1);
  first ^= first >>> 15;
  second = Math.imul(second ^ value, FACTOR_2);
  second ^= second >>> 13;
}

/** MurmurHash3's end: every bit of the sum depends on every bit of the fact. */
function scattered(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
