/** Drawn against contract: per segment and for the whole work. Pure, so that the words can be tested. */

import type { ContractSegment, Project } from "../api/types";
import { type Drawing, type Segment, segmentArea, segmentLength } from "../draw/drawing";

export const TOLERANCE = 0.1;

export interface SegmentRow {
  /** From 1. */
  readonly number: number;
  readonly drawn: Segment | null;
  readonly contract: ContractSegment | null;
  readonly length_m: number;
  readonly area_m2: number;
  /** Percent of the contract length; null when one of the two is missing. */
  readonly difference_percent: number | null;
}

/** One row per segment of the contract or of the drawing, whichever are more. */
export function segmentRows(drawing: Drawing, contract: readonly ContractSegment[]): SegmentRow[] {
  const ordered = [...contract].sort((a, b) => a.seq - b.seq);
  const count = Math.max(drawing.segments.length, ordered.length);
  return Array.from({ length: count }, (_, i) => {
    const drawn = drawing.segments[i] ?? null;
    const agreed = ordered[i] ?? null;
    const length_m = drawn ? segmentLength(drawn) : 0;
    const wanted = agreed?.length_m ?? null;
    return {
      number: i + 1,
      drawn,
      contract: agreed,
      length_m,
      area_m2: drawn ? segmentArea(drawn) : 0,
      difference_percent:
        wanted && drawn?.shape === "LineString" ? ((length_m - wanted) / wanted) * 100 : null,
    };
  });
}

export function contractLength(project: Pick<Project, "length_m" | "segments">): number | null {
  if (project.length_m) return Number(project.length_m);
  const sum = project.segments.reduce((total, segment) => total + Number(segment.length_m ?? 0), 0);
  return sum > 0 ? sum : null;
}

export type Verdict = "none" | "within" | "short" | "long";

export function verdict(drawn_m: number, contract_m: number): Verdict {
  if (drawn_m === 0) return "none";
  const rounding_m = 0.001;
  if (Math.abs(drawn_m - contract_m) <= contract_m * TOLERANCE + rounding_m) return "within";
  return drawn_m < contract_m ? "short" : "long";
}

/** Shares of the bar's width, 0 to 1: the drawn part, the contract's mark, the band of the tolerance. */
export function barShares(
  drawn_m: number,
  contract_m: number,
): {
  readonly drawn: number;
  readonly mark: number;
  readonly band: readonly [number, number];
} {
  const full = Math.max(contract_m * (1 + TOLERANCE) * 1.04, drawn_m * 1.02);
  return {
    drawn: drawn_m / full,
    mark: contract_m / full,
    band: [(contract_m * (1 - TOLERANCE)) / full, (contract_m * (1 + TOLERANCE)) / full],
  };
}
