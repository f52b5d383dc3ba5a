import { POSTGRES_EPOCH_MS } from "./binary-array.ts";

/** Rows in binary: each statement's row description says once how its columns read. Values are those that the pool's
 *  connections give (storage/database.ts): int8 as bigint, timestamptz as Date, json parsed. */
export type RowDecoder = (body: Buffer, view: DataView, start: number) => Record<string, unknown>;

/** Reads a RowDescription message. Throws for a type that it does not know. */
export function rowDecoderOf(body: Buffer, view: DataView, start: number): RowDecoder {
  const count = view.getInt16(start);
  const names: string[] = [];
  const reads: Read[] = [];
  let at = start + 2;
  for (let column = 0; column < count; column++) {
    const nameEnd = body.indexOf(0, at);
    const name = body.toString("utf8", at, nameEnd);
    const oid = view.getUint32(nameEnd + 1 + 6);
    const read = READS.get(oid);
    if (read === undefined) throw new Error(`column ${name} has type ${oid}, which the engine does not read`);
    names.push(name);
    reads.push(read);
    at = nameEnd + 1 + 18;
  }
  // A row that starts as a copy of this one has room for all of its columns, and grows no more.
  const blank = Object.fromEntries(names.map((column) => [column, null]));
  return (rowBody, rowView, rowStart) => decodeRow({ ...blank }, names, reads, rowBody, rowView, rowStart);
}

type Read = (body: Buffer, view: DataView, start: number, end: number) => unknown;

function decodeRow(
  row: Record<string, unknown>,
  names: readonly string[],
  reads: readonly Read[],
  body: Buffer,
  view: DataView,
  start: number,
): Record<string, unknown> {
  let at = start + 2;
  for (let column = 0; column < names.length; column++) {
    const length = view.getInt32(at);
    at += 4;
    if (length < 0) continue;
    row[names[column] ?? ""] = reads[column]?.(body, view, at, at + length);
    at += length;
  }
  return row;
}

const readText: Read = (body, _view, start, end) => body.toString("utf8", start, end);

const READS: ReadonlyMap<number, Read> = new Map<number, Read>([
  [16, (body, _view, start) => body[start] === 1],
  [17, (body, _view, start, end) => Buffer.from(body.subarray(start, end))],
  [20, (_body, view, start) => view.getBigInt64(start)],
  [23, (_body, view, start) => view.getInt32(start)],
  [25, readText],
  [114, (body, _view, start, end) => JSON.parse(body.toString("utf8", start, end))],
  [1009, readTexts],
  [1184, (_body, view, start) => new Date(microsOf(view, start) / 1000 + POSTGRES_EPOCH_MS)],
]);

/** Exact for the next 280 years. */
function microsOf(view: DataView, start: number): number {
  return view.getInt32(start) * 2 ** 32 + view.getUint32(start + 4);
}

function readTexts(body: Buffer, view: DataView, start: number): (string | null)[] {
  const isEmpty = view.getInt32(start) === 0;
  const count = isEmpty ? 0 : view.getInt32(start + 12);
  const texts: (string | null)[] = [];
  let at = start + 20;
  for (let index = 0; index < count; index++) {
    const length = view.getInt32(at);
    at += 4;
    texts.push(length < 0 ? null : body.toString("utf8", at, at + length));
    at += Math.max(length, 0);
  }
  return texts;
}
