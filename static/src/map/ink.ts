/** Ink that can be read on a fill. */

export const INK = "#1A2130";
const DARK = new Set(["#235C8E", "#1B2D63", "#8C4A0C", "#4A2F86"]);

/** White on the dark ends of the ramps. */
export function inkOn(colour: string | null): string {
  return colour !== null && DARK.has(colour) ? "#FFFFFF" : INK;
}
