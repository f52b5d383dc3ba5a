import { crc32, deflateSync, inflateSync } from "node:zlib";

/** The same picture with a palette of at most 256 colors: a third of the size, which matters in a repository.
 *  @param png as Chromium writes it: 8 bits a channel, RGB or RGBA, not interlaced. */
export function withPalette(png: Buffer): Buffer {
  const { width, height, pixels } = decode(png);
  const { palette, indexOf } = reduceColors(pixels);
  const rows = Buffer.alloc((width + 1) * height);
  for (let place = 0; place < pixels.length; place++) {
    const row = Math.floor(place / width);
    // Each row begins with its filter: none, which suits a palette best.
    rows[row * (width + 1) + 1 + (place % width)] = indexOf.get(pixels[place] ?? 0) ?? 0;
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const colors = Buffer.from(palette.flatMap((color) => channelsOf(color)));
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("PLTE", colors),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const COLORS_MAX = 256;

type Picture = { readonly width: number; readonly height: number; readonly pixels: Uint32Array };

function decode(png: Buffer): Picture {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const bytes = png[25] === 6 ? 4 : 3;
  const data = unfilter(inflateSync(Buffer.concat(chunksOf(png, "IDAT"))), width * bytes, bytes);
  const pixels = new Uint32Array(width * height);
  for (let place = 0; place < pixels.length; place++) pixels[place] = data.readUIntBE(place * bytes, 3);
  return { width, height, pixels };
}

function chunksOf(png: Buffer, name: string): Buffer[] {
  const found: Buffer[] = [];
  for (let at = SIGNATURE.length; at < png.length; at += png.readUInt32BE(at) + 12) {
    const start = at + 8;
    if (png.toString("latin1", at + 4, start) === name)
      found.push(png.subarray(start, start + png.readUInt32BE(at)));
  }
  return found;
}

/** Undoes the row filters of PNG, 9.2. */
function unfilter(filtered: Buffer, rowBytes: number, pixelBytes: number): Buffer {
  const height = filtered.length / (rowBytes + 1);
  const data = Buffer.alloc(rowBytes * height);
  for (let row = 0; row < height; row++) {
    const filter = filtered[row * (rowBytes + 1)] ?? 0;
    for (let column = 0; column < rowBytes; column++) {
      const at = row * rowBytes + column;
      const left = column < pixelBytes ? 0 : (data[at - pixelBytes] ?? 0);
      const up = row === 0 ? 0 : (data[at - rowBytes] ?? 0);
      const corner = column < pixelBytes || row === 0 ? 0 : (data[at - rowBytes - pixelBytes] ?? 0);
      const value = filtered[row * (rowBytes + 1) + 1 + column] ?? 0;
      data[at] = value + predict(filter, left, up, corner);
    }
  }
  return data;
}

function predict(filter: number, left: number, up: number, corner: number): number {
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return Math.floor((left + up) / 2);
  if (filter !== 4) return 0;
  const guess = left + up - corner;
  const [byLeft, byUp, byCorner] = [guess - left, guess - up, guess - corner].map(Math.abs);
  if (byLeft !== undefined && byLeft <= (byUp ?? 0) && byLeft <= (byCorner ?? 0)) return left;
  return (byUp ?? 0) <= (byCorner ?? 0) ? up : corner;
}

type Box = { readonly colors: readonly [color: number, count: number][]; readonly spread: number };

/** Median cut: the box of colors that is widest, by how often they occur, is cut in two until there are enough. */
function reduceColors(pixels: Uint32Array) {
  const counts = new Map<number, number>();
  for (const color of pixels) counts.set(color, (counts.get(color) ?? 0) + 1);
  const boxes = [boxOf([...counts])];
  while (boxes.length < COLORS_MAX) {
    boxes.sort((a, b) => b.spread - a.spread);
    const widest = boxes[0];
    if (widest === undefined || widest.spread === 0) break;
    boxes.splice(0, 1, ...cut(widest));
  }
  const indexOf = new Map(
    boxes.flatMap(({ colors }, index) => colors.map(([color]) => [color, index] as const)),
  );
  return { palette: boxes.map(commonestOf), indexOf };
}

function boxOf(colors: [number, number][]): Box {
  const widths = [0, 1, 2].map((channel) => widthOf(colors, channel));
  const widest = widths.indexOf(Math.max(...widths));
  colors.sort(([a], [b]) => (channelsOf(a)[widest] ?? 0) - (channelsOf(b)[widest] ?? 0));
  const weight = colors.reduce((sum, [, count]) => sum + count, 0);
  // The root keeps large plain areas from taking the colors that small text and gradients need.
  return { colors, spread: (widths[widest] ?? 0) * weight ** 0.25 };
}

function widthOf(colors: readonly [number, number][], channel: number): number {
  let [least, most] = [255, 0];
  for (const [color] of colors) {
    const value = channelsOf(color)[channel] ?? 0;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return most - least;
}

function cut({ colors }: Box): Box[] {
  const middle = Math.max(1, Math.floor(colors.length / 2));
  return [boxOf(colors.slice(0, middle)), boxOf(colors.slice(middle))];
}

/** The color that occurs most in a box: plain areas keep exactly theirs. */
function commonestOf({ colors }: Box): number {
  return colors.reduce((most, one) => (one[1] > most[1] ? one : most), [0, 0] as const)[0];
}

function channelsOf(color: number): [number, number, number] {
  return [color >> 16, (color >> 8) & 255, color & 255];
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}
