import { binaryArray, type Element, type ElementType } from "../wire/binary-array.ts";

/** Set-based writes: one statement writes any number of rows, each column travelling as one binary array. */

export type Column<Row> = {
  readonly name: string;
  /** The element type of the array that is sent. */
  readonly type: ElementType;
  readonly value: (row: Row) => Element | null;
  /** The expression that turns the sent element into the column's value, where it is not the element itself. */
  readonly read?: (element: string) => string;
};

export type SetStatement<Row> = {
  readonly name: string;
  readonly text: string;
  readonly values: (rows: readonly Row[]) => Buffer[];
};

/** `insert into table (columns) select … from unnest(arrays)`, with an optional conflict clause. */
export function insertStatement<Row>(
  table: string,
  columns: readonly Column<Row>[],
  onConflict = "",
): SetStatement<Row> {
  const names = columns.map((column) => column.name).join(", ");
  return {
    name: `insert_${table}`,
    text: `insert into ${table} (${names}) select ${selected(columns)} from ${unnested(columns)} ${onConflict}`.trim(),
    values: arraysOf(columns),
  };
}

/** A row as it was loaded and as it is to be. */
export type Change<Row> = { readonly before: Row; readonly after: Row };

/** `update table set columns = … from unnest(arrays) where keys match`, in two widths: a row in which only `usual` columns
 *  changed is written by a statement of these alone. A column that is sent costs both sides, changed or not. */
export function updateStatements<Row>(
  table: string,
  keys: readonly Column<Row>[],
  { usual, rare }: { readonly usual: readonly Column<Row>[]; readonly rare: readonly Column<Row>[] },
): (changes: Iterable<Change<Row>>) => { readonly statement: SetStatement<Row>; readonly rows: Row[] }[] {
  const narrow = updateStatement(`update_${table}_usual`, table, keys, usual);
  const full = updateStatement(`update_${table}`, table, keys, [...usual, ...rare]);
  return (changes) => {
    const narrowRows: Row[] = [];
    const fullRows: Row[] = [];
    for (const { before, after } of changes) {
      const isUsual = rare.every(({ value }) => value(before) === value(after));
      (isUsual ? narrowRows : fullRows).push(after);
    }
    return [
      { statement: narrow, rows: narrowRows },
      { statement: full, rows: fullRows },
    ];
  };
}

function updateStatement<Row>(
  name: string,
  table: string,
  keys: readonly Column<Row>[],
  columns: readonly Column<Row>[],
): SetStatement<Row> {
  const all = [...keys, ...columns];
  const assignments = columns.map((column) => `${column.name} = ${expression(column)}`).join(", ");
  const matches = keys.map((key) => `t.${key.name} = v.${key.name}`).join(" and ");
  return {
    name,
    text: `update ${table} t set ${assignments} from ${unnested(all)} where ${matches}`,
    values: arraysOf(all),
  };
}

/** A timestamptz column from epoch milliseconds. */
export function instant<Row>(name: string, value: (row: Row) => number | null): Column<Row> {
  return { name, type: "timestamptz", value };
}

function unnested<Row>(columns: readonly Column<Row>[]): string {
  const parameters = columns.map((column, index) => `$${index + 1}::${column.type}[]`).join(", ");
  return `unnest(${parameters}) as v (${columns.map((column) => column.name).join(", ")})`;
}

function selected<Row>(columns: readonly Column<Row>[]): string {
  return columns.map(expression).join(", ");
}

function expression<Row>(column: Column<Row>): string {
  const element = `v.${column.name}`;
  return column.read?.(element) ?? element;
}

function arraysOf<Row>(columns: readonly Column<Row>[]): (rows: readonly Row[]) => Buffer[] {
  return (rows) => columns.map(({ type, value }) => binaryArray(type, rows, value));
}
