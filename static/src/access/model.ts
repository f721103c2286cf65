/** What the pages of access give to their map, and the words for one thing on it. */

import { translator } from "../i18n";

const t = translator({
  people: ["{n} คน", "{n} people"],
  away: ["ห่าง {n} ม.", "{n} m away"],
  baht: ["{n} บาท", "{n} baht"],
  working: ["ใช้ได้", "works"],
  broken: ["รอซ่อม", "awaits repair"],
} as const);

export interface AreaCircle {
  readonly code: string;
  readonly name: string;
  readonly without: number;
  readonly lon: number;
  readonly lat: number;
  readonly href: string;
}

export interface VillageDot {
  readonly code: string;
  readonly name: string;
  readonly people: number | null;
  readonly has: boolean;
  readonly distance_m: number | null;
  readonly lon: number;
  readonly lat: number;
}

export interface WaterPoint {
  readonly code: string;
  readonly name: string;
  readonly working: boolean;
  readonly lon: number;
  readonly lat: number;
}

export interface ChosenWork {
  readonly rank: number;
  readonly code: string;
  readonly name: string;
  readonly act: string;
  readonly cost_baht: number;
  readonly people: number;
  readonly geometry: unknown;
}

export interface MapData {
  readonly areas: readonly AreaCircle[];
  readonly villages: readonly VillageDot[];
  readonly points: readonly WaterPoint[];
  readonly works: readonly ChosenWork[];
}

const SMALLEST = 3;
const LARGEST = 26;
/** Largest circle where there are so many areas (the nation's provinces) that they would lie upon each other. */
const LARGEST_OF_MANY = 17;
const MANY = 40;

/** Radius (px) of a circle whose area is the number of people; nobody has a small ring of its own. */
export function radiusOf(people: number, most: number, count = 1): number {
  const largest = count > MANY ? LARGEST_OF_MANY : LARGEST;
  return people <= 0 ? SMALLEST : Math.max(SMALLEST + 1, largest * Math.sqrt(people / most));
}

const whole = new Intl.NumberFormat("th-TH-u-nu-latn", { maximumFractionDigits: 0 });

/** One line about a village, a water point or a chosen work. */
export function captionOf(properties: Readonly<Record<string, unknown>>): string {
  const words = [String(properties["name"] ?? "")];
  const number = (name: string) => {
    const value = properties[name];
    return typeof value === "number" ? whole.format(value) : null;
  };
  const people = number("people");
  const metres = number("distance_m");
  const baht = number("cost_baht");
  if (typeof properties["working"] === "boolean") words.push(t(properties["working"] ? "working" : "broken"));
  if (baht) words.push(t("baht", { n: baht }));
  if (people) words.push(t("people", { n: people }));
  if (metres) words.push(t("away", { n: metres }));
  return words.join(" · ");
}
