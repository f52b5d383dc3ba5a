/** A row in PostgreSQL's binary form, read in place: millions pass, and most of their fields are only hashed or compared. */
export type BinaryRow = {
  bytes: Buffer;
  /** Where each field's bytes begin, and how many they are; -1 is null. */
  readonly starts: number[];
  readonly lengths: number[];
};

export function createBinaryRow(): BinaryRow {
  return { bytes: Buffer.alloc(0), starts: [], lengths: [] };
}

/** Whether the mark that ends a COPY stands here, where the number of a row's fields would. */
export function isLastRow(bytes: Buffer, start: number): boolean {
  return bytes.readInt16BE(start) < 0;
}

/** Points `row` at the fields that begin at `start`. */
export function readRow(row: BinaryRow, bytes: Buffer, start: number): void {
  const fields = bytes.readInt16BE(start);
  let offset = start + 2;
  row.bytes = bytes;
  for (let index = 0; index < fields; index += 1) {
    const length = bytes.readInt32BE(offset);
    offset += 4;
    row.starts[index] = offset;
    row.lengths[index] = length;
    if (length > 0) offset += length;
  }
}

export function startOf(row: BinaryRow, field: number): number {
  return row.starts[field] ?? 0;
}

export function lengthOf(row: BinaryRow, field: number): number {
  return row.lengths[field] ?? -1;
}

export function isNull(row: BinaryRow, field: number): boolean {
  return lengthOf(row, field) < 0;
}

/** A bigint field, exact below 2^53 and NaN beyond, which equals nothing; 0 for null. */
export function integerIn(row: BinaryRow, field: number): number {
  if (isNull(row, field)) return 0;
  const start = startOf(row, field);
  const value = row.bytes.readInt32BE(start) * 4_294_967_296 + row.bytes.readUInt32BE(start + 4);
  return Number.isSafeInteger(value) ? value : Number.NaN;
}

/** A text field; empty for null. */
export function textIn(row: BinaryRow, field: number): string {
  return isNull(row, field) ? "" : row.bytes.toString("utf8", startOf(row, field), endOf(row, field));
}

/** A bytea field in hexadecimal; empty for null. */
export function hexIn(row: BinaryRow, field: number): string {
  return isNull(row, field) ? "" : row.bytes.toString("hex", startOf(row, field), endOf(row, field));
}

/** A 4-byte integer field; null for null. */
export function smallIntegerIn(row: BinaryRow, field: number): number | null {
  return isNull(row, field) ? null : row.bytes.readInt32BE(startOf(row, field));
}

/** A boolean field; false for null. */
export function isTrue(row: BinaryRow, field: number): boolean {
  return !isNull(row, field) && row.bytes[startOf(row, field)] === 1;
}

/** The bytes from one field to another with the lengths between them, as a key: equal keys are equal fields. */
export function keyOf(row: BinaryRow, first: number, last: number): string {
  return row.bytes.toString("latin1", startOf(row, first) - 4, endOf(row, last));
}

/** Whether a field holds these bytes and no others. */
export function isBytes(row: BinaryRow, field: number, wanted: Uint8Array): boolean {
  if (lengthOf(row, field) !== wanted.length) return false;
  const start = startOf(row, field);
  for (let index = 0; index < wanted.length; index += 1)
    if (row.bytes[start + index] !== wanted[index]) return false;
  return true;
}

/** Milliseconds since 1970 of a timestamptz field; null for null, NaN when it is no whole number of them. */
export function instantIn(row: BinaryRow, field: number): number | null {
  if (isNull(row, field)) return null;
  const milliseconds = integerIn(row, field) / 1_000 + POSTGRES_EPOCH_MS;
  return Number.isInteger(milliseconds) ? milliseconds : Number.NaN;
}

/** PostgreSQL counts microseconds from here. */
const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1);

function endOf(row: BinaryRow, field: number): number {
  return startOf(row, field) + Math.max(0, lengthOf(row, field));
}
