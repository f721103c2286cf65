/** Which readings of typed coordinates are signs on the map, and what is said beside the text. */

import type { Reading } from "../api/types";
import type { Position } from "../draw/drawing";

export interface Sign {
  /** The reading's number in the list; null where there is only one. */
  readonly number: number | null;
  readonly position: Position;
}

/** The same numbers in the other datum: in the list, but on the map only while somebody looks at it. */
export function isSecondDatum({ offered, kind }: Reading, index: number): boolean {
  return index > 0 && offered === true && kind === "wrong_datum";
}

/** Readings between which somebody has to choose. */
export function rivals(readings: readonly Reading[]): readonly Reading[] {
  return readings.filter((reading, i) => !isSecondDatum(reading, i));
}

/** Taken at Enter: the only reading, when it is what the numbers say and lies where it may. */
export function taken(readings: readonly Reading[]): Reading | undefined {
  const [only, ...others] = rivals(readings);
  return others.length === 0 && !only?.offered && only?.in_territory !== false ? only : undefined;
}

/** Signs of the readings; `looked` is one of the list that somebody looks at. */
export function signsOf(readings: readonly Reading[], looked?: number): readonly Sign[] {
  const shown = readings
    .map((reading, i) => ({ reading, i }))
    .filter(({ reading, i }) => reading.kind !== "outside" && (i === looked || !isSecondDatum(reading, i)));
  return shown.map(({ reading, i }) => ({
    number: readings.length > 1 ? i + 1 : null,
    position: [reading.lon, reading.lat],
  }));
}

/** What numbers may have meant that say nothing by themselves; numbered like the signs. */
export function offers(readings: readonly Reading[]): readonly Reading[] {
  const places = readings.filter(({ kind }) => kind !== "outside");
  return places.some(({ offered }) => offered) ? places : [];
}
