/** A position that does not tell the house: the nearest point of a grid of `step` degrees, as text. */
export function coarse(degrees: number, step: number): string {
  return (Math.round(degrees / step) * step).toFixed(3);
}
