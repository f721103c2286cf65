/**
 * Lengths and areas on the ellipsoid WGS 84, not on a sphere and never in Web Mercator.
 *
 * Inverse and direct problem after T. Vincenty, "Direct and inverse solutions of geodesics on the ellipsoid with
 * application of nested equations", Survey Review 23 (1975): 0.1 mm over the lengths of one project. Area by the
 * authalic latitude (J. P. Snyder, USGS Professional Paper 1395, p. 16), long edges divided along the geodesic.
 */

export type Position = readonly [lon: number, lat: number];

const A = 6_378_137;
const F = 1 / 298.257223563;
const B = A * (1 - F);
const E2 = F * (2 - F);
const E = Math.sqrt(E2);
const RAD = Math.PI / 180;

export interface Inverse {
  readonly length_m: number;
  /** Azimuth at the start, radians clockwise from north. */
  readonly azimuth: number;
}

const ITERATIONS = 100;
const CONVERGED = 1e-13;

function series(cosSqAlpha: number): readonly [number, number] {
  const u2 = (cosSqAlpha * (A * A - B * B)) / (B * B);
  return [
    1 + (u2 / 16384) * (4096 + u2 * (-768 + u2 * (320 - 175 * u2))),
    (u2 / 1024) * (256 + u2 * (-128 + u2 * (74 - 47 * u2))),
  ];
}

function deltaSigma(b: number, sinSigma: number, cosSigma: number, cos2SigmaM: number): number {
  const c = cos2SigmaM * cos2SigmaM;
  return (
    b *
    sinSigma *
    (cos2SigmaM +
      (b / 4) *
        (cosSigma * (-1 + 2 * c) - (b / 6) * cos2SigmaM * (-3 + 4 * sinSigma * sinSigma) * (-3 + 4 * c)))
  );
}

/** Length and first azimuth of the geodesic; a pair of nearly opposite points of the globe is refused. */
export function inverse(from: Position, to: Position): Inverse {
  const L = (to[0] - from[0]) * RAD;
  const u1 = Math.atan((1 - F) * Math.tan(from[1] * RAD));
  const u2 = Math.atan((1 - F) * Math.tan(to[1] * RAD));
  const [sinU1, cosU1, sinU2, cosU2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
  let lambda = L;
  for (let i = 0; i < ITERATIONS; i += 1) {
    const sinLambda = Math.sin(lambda);
    const cosLambda = Math.cos(lambda);
    const y = cosU1 * sinU2 - sinU1 * cosU2 * cosLambda;
    const sinSigma = Math.hypot(cosU2 * sinLambda, y);
    if (sinSigma === 0) return { length_m: 0, azimuth: 0 };
    const cosSigma = sinU1 * sinU2 + cosU1 * cosU2 * cosLambda;
    const sigma = Math.atan2(sinSigma, cosSigma);
    const sinAlpha = (cosU1 * cosU2 * sinLambda) / sinSigma;
    const cosSqAlpha = 1 - sinAlpha * sinAlpha;
    const cos2SigmaM = cosSqAlpha === 0 ? 0 : cosSigma - (2 * sinU1 * sinU2) / cosSqAlpha;
    const c = (F / 16) * cosSqAlpha * (4 + F * (4 - 3 * cosSqAlpha));
    const before = lambda;
    lambda =
      L +
      (1 - c) *
        F *
        sinAlpha *
        (sigma + c * sinSigma * (cos2SigmaM + c * cosSigma * (-1 + 2 * cos2SigmaM * cos2SigmaM)));
    if (Math.abs(lambda - before) < CONVERGED) {
      const [a, b] = series(cosSqAlpha);
      return {
        length_m: B * a * (sigma - deltaSigma(b, sinSigma, cosSigma, cos2SigmaM)),
        azimuth: Math.atan2(cosU2 * sinLambda, y),
      };
    }
  }
  throw new RangeError("no geodesic between nearly opposite points");
}

/** The point `length_m` away along the geodesic that leaves `from` at `azimuth` (radians). */
export function direct(from: Position, azimuth: number, length_m: number): Position {
  const tanU1 = (1 - F) * Math.tan(from[1] * RAD);
  const cosU1 = 1 / Math.sqrt(1 + tanU1 * tanU1);
  const sinU1 = tanU1 * cosU1;
  const [sinAz, cosAz] = [Math.sin(azimuth), Math.cos(azimuth)];
  const sigma1 = Math.atan2(tanU1, cosAz);
  const sinAlpha = cosU1 * sinAz;
  const cosSqAlpha = 1 - sinAlpha * sinAlpha;
  const [a, b] = series(cosSqAlpha);
  let sigma = length_m / (B * a);
  let cos2SigmaM = 0;
  for (let i = 0; i < ITERATIONS; i += 1) {
    cos2SigmaM = Math.cos(2 * sigma1 + sigma);
    const next = length_m / (B * a) + deltaSigma(b, Math.sin(sigma), Math.cos(sigma), cos2SigmaM);
    const moved = Math.abs(next - sigma);
    sigma = next;
    if (moved < CONVERGED) break;
  }
  const [sinSigma, cosSigma] = [Math.sin(sigma), Math.cos(sigma)];
  const x = sinU1 * sinSigma - cosU1 * cosSigma * cosAz;
  const lat = Math.atan2(sinU1 * cosSigma + cosU1 * sinSigma * cosAz, (1 - F) * Math.hypot(sinAlpha, x));
  const lambda = Math.atan2(sinSigma * sinAz, cosU1 * cosSigma - sinU1 * sinSigma * cosAz);
  const c = (F / 16) * cosSqAlpha * (4 + F * (4 - 3 * cosSqAlpha));
  const dLon =
    lambda -
    (1 - c) *
      F *
      sinAlpha *
      (sigma + c * sinSigma * (cos2SigmaM + c * cosSigma * (-1 + 2 * cos2SigmaM * cos2SigmaM)));
  return [from[0] + dLon / RAD, lat / RAD];
}

/** Metres along a line; 0 for fewer than two positions. */
export function lineLength(positions: readonly Position[]): number {
  let total = 0;
  for (let i = 1; i < positions.length; i += 1) {
    total += inverse(positions[i - 1] as Position, positions[i] as Position).length_m;
  }
  return total;
}

/** Snyder's q: the area between the equator and a latitude is proportional to it. */
function authalic(lat: number): number {
  const s = Math.sin(lat * RAD);
  return (1 - E2) * (s / (1 - E2 * s * s) - (1 / (2 * E)) * Math.log((1 - E * s) / (1 + E * s)));
}

const PIECE_M = 100;

/** Square metres inside a ring, closed or not, whatever its direction; 0 for fewer than three positions. */
export function ringArea(ring: readonly Position[]): number {
  if (ring.length < 3) return 0;
  let doubled = 0;
  const lon0 = (ring[0] as Position)[0]; // small numbers keep the digits of the difference
  const q0 = authalic((ring[0] as Position)[1]);
  for (let i = 0; i < ring.length; i += 1) {
    const from = ring[i] as Position;
    const to = ring[(i + 1) % ring.length] as Position;
    const { length_m, azimuth } = inverse(from, to);
    const pieces = Math.min(256, Math.max(1, Math.ceil(length_m / PIECE_M)));
    let before = from;
    for (let k = 1; k <= pieces; k += 1) {
      const next = k === pieces ? to : direct(from, azimuth, (length_m * k) / pieces);
      doubled +=
        (before[0] - lon0) * RAD * (authalic(next[1]) - q0) -
        (next[0] - lon0) * RAD * (authalic(before[1]) - q0);
      before = next;
    }
  }
  return Math.abs((doubled * A * A) / 4);
}

/** Square metres of a polygon: outer ring less its holes. */
export function polygonArea(rings: readonly (readonly Position[])[]): number {
  return rings.reduce((area, ring, i) => area + (i === 0 ? 1 : -1) * ringArea(ring), 0);
}
