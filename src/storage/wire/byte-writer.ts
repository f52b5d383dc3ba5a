/** Bytes in network order, in a buffer that grows. One is kept and used again, so that a batch allocates little. */
export class ByteWriter {
  private buffer = Buffer.allocUnsafe(65_536);
  private view = viewOf(this.buffer);
  private length = 0;

  get position(): number {
    return this.length;
  }

  byte(value: number): void {
    this.reserve(1);
    this.buffer[this.length++] = value;
  }

  int16(value: number): void {
    this.reserve(2);
    this.view.setInt16(this.length, value);
    this.length += 2;
  }

  int32(value: number): void {
    this.reserve(4);
    this.view.setInt32(this.length, value);
    this.length += 4;
  }

  int64(value: bigint): void {
    this.reserve(8);
    this.view.setBigInt64(this.length, value);
    this.length += 8;
  }

  bytes(value: Uint8Array): void {
    this.reserve(value.length);
    this.buffer.set(value, this.length);
    this.length += value.length;
  }

  /** UTF-8, without its length or an end. */
  text(value: string): void {
    this.reserve(value.length * 3);
    const start = this.length;
    // A call into the runtime costs more than the letters of a short text.
    if (value.length > SHORT_TEXT_MAX || !this.ascii(value)) {
      this.length = start + this.buffer.write(value, start, "utf8");
    }
  }

  /** UTF-8 with a zero byte at the end, as the names in messages are. */
  name(value: string): void {
    this.text(value);
    this.byte(0);
  }

  hex(value: string): void {
    this.reserve(value.length / 2);
    this.length += this.buffer.write(value, this.length, "hex");
  }

  /** Leaves room for the length of what follows; `endLength` fills it in. */
  beginLength(): number {
    this.int32(0);
    return this.length;
  }

  endLength(start: number, extra = 0): void {
    this.view.setInt32(start - 4, this.length - start + extra);
  }

  /** Everything written so far, as a copy; the writer is empty again. */
  take(): Buffer {
    const taken = Buffer.from(this.buffer.subarray(0, this.length));
    this.length = 0;
    return taken;
  }

  private ascii(value: string): boolean {
    const { buffer } = this;
    let at = this.length;
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index);
      if (code > 127) return false;
      buffer[at++] = code;
    }
    this.length = at;
    return true;
  }

  private reserve(size: number): void {
    const needed = this.length + size;
    if (needed <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2));
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
    this.view = viewOf(larger);
  }
}

const SHORT_TEXT_MAX = 64;

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
