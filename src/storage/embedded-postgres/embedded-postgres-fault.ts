/** Why an embedded PostgreSQL can't be used; the message says what to do about it. */
export class EmbeddedPostgresFault extends Error {
  override readonly name = "EmbeddedPostgresFault";
  readonly kind:
    | "unsupported_platform"
    | "data_directory_in_use"
    | "data_directory_unusable"
    | "port_taken"
    | "start_failed";

  constructor(kind: EmbeddedPostgresFault["kind"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
