/** Sums of a transfer while it is typed: satang as whole numbers, so that they are exact. */

import { arabicDigits } from "../format";

export interface Sums {
  readonly given: number;
  readonly taken: number;
}

/** Satang of a signed amount as people type it; null for what is no amount. */
export function signedSatang(text: string): number | null {
  const bare = arabicDigits(text).replace(/[\s,]/g, "").replace("−", "-");
  const match = /^([-+]?)(\d{1,10})(?:\.(\d{0,2}))?$/.exec(bare);
  if (!match) return bare === "" || bare === "-" ? 0 : null;
  const satang = Number(match[2]) * 100 + Number((match[3] ?? "").padEnd(2, "0"));
  return match[1] === "-" ? -satang : satang;
}

/** What goes in and what goes out of the amounts that can be read. */
export function sumsOf(texts: Iterable<string>): Sums {
  let [given, taken] = [0, 0];
  for (const text of texts) {
    const satang = signedSatang(text) ?? 0;
    if (satang > 0) given += satang;
    else taken -= satang;
  }
  return { given, taken };
}
