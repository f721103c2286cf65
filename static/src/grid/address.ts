/** The selected cell in the address of the page: `?row=…&column=…`, beside whatever else stands there. */

export interface Linked {
  readonly row: string | null;
  readonly column: string | null;
}

export function linkedCell(search: string): Linked {
  const query = new URLSearchParams(search);
  return { row: query.get("row"), column: query.get("column") };
}

/** The same address with another cell; a row that the server does not have yet has no address. */
export function withCell(search: string, row: string | null, column: string): string {
  const query = new URLSearchParams(search);
  query.delete("row");
  query.delete("column");
  if (row !== null) {
    query.set("row", row);
    query.set("column", column);
  }
  const text = query.toString();
  return text ? `?${text}` : "";
}
