import { ByteWriter } from "./byte-writer.ts";

/** Messages of PostgreSQL's extended protocol, collected until they are sent together.
 *  Source: PostgreSQL manual, Message Formats. */
export class Messages {
  private readonly writer = new ByteWriter();

  parse(name: string, text: string): void {
    this.begin("P");
    this.writer.name(name);
    this.writer.name(text);
    this.writer.int16(0); // every type is named in the statement or inferred
    this.end();
  }

  close(name: string): void {
    this.begin("C");
    this.writer.byte(STATEMENT);
    this.writer.name(name);
    this.end();
  }

  describe(name: string): void {
    this.begin("D");
    this.writer.byte(STATEMENT);
    this.writer.name(name);
    this.end();
  }

  /** A buffer is sent as the binary form of its parameter's type, a string as the text form. Rows come in binary. */
  bind(name: string, values: readonly (Buffer | string | null)[]): void {
    const { writer } = this;
    this.begin("B");
    writer.name("");
    writer.name(name);
    writer.int16(values.length);
    for (const value of values) writer.int16(typeof value === "string" ? TEXT : BINARY);
    writer.int16(values.length);
    for (const value of values) this.value(value);
    writer.int16(1);
    writer.int16(BINARY);
    this.end();
  }

  execute(): void {
    this.begin("E");
    this.writer.name("");
    this.writer.int32(0); // all rows
    this.end();
  }

  sync(): void {
    this.begin("S");
    this.end();
  }

  /** Everything since the last time. */
  take(): Buffer {
    return this.writer.take();
  }

  private start = 0;

  private begin(type: string): void {
    this.writer.byte(type.charCodeAt(0));
    this.start = this.writer.beginLength();
  }

  private end(): void {
    this.writer.endLength(this.start, 4); // a message's length counts itself
  }

  private value(value: Buffer | string | null): void {
    if (value === null) {
      this.writer.int32(-1);
      return;
    }
    const start = this.writer.beginLength();
    if (typeof value === "string") this.writer.text(value);
    else this.writer.bytes(value);
    this.writer.endLength(start);
  }
}

const STATEMENT = "S".charCodeAt(0);
const TEXT = 0;
const BINARY = 1;
