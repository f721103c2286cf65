/** What is shown beside the drawing and is none of it: problems, readings of typed coordinates, another version. */

import Feature from "ol/Feature";
import { Point } from "ol/geom";
import VectorSource from "ol/source/Vector";
import type { Position } from "./drawing";
import type { Geometry } from "./geojson";
import { parts } from "./geojson";
import * as look from "./look";
import { toPlane } from "./planar";
import { olGeometry } from "./shapes";

export interface ProblemSign {
  readonly number: number;
  readonly isError: boolean;
  readonly position: Position;
}

/** A reading of typed coordinates; the number is its number in a list. */
export interface CandidateSign {
  readonly number: number | null;
  readonly position: Position;
}

export class Signs {
  readonly problems = new VectorSource();
  readonly candidates = new VectorSource();
  readonly comparison = new VectorSource();
  readonly common = new VectorSource();
  readonly comments = new VectorSource();

  showProblems(signs: readonly ProblemSign[]): void {
    this.problems.clear();
    for (const { number, isError, position } of signs) {
      const feature = new Feature({ geometry: new Point([...toPlane(position)]), problem: number });
      feature.setStyle(look.problemSign(number, isError));
      this.problems.addFeature(feature);
    }
  }

  /** Places that a reviewer pointed at; they stay where they were said, whatever is drawn since. */
  showComments(positions: readonly Position[]): void {
    this.comments.clear();
    for (const position of positions) {
      const feature = new Feature({ geometry: new Point([...toPlane(position)]) });
      feature.setStyle(look.commentSign());
      this.comments.addFeature(feature);
    }
  }

  showCandidates(signs: readonly CandidateSign[]): void {
    this.candidates.clear();
    for (const { number, position } of signs) {
      const feature = new Feature({ geometry: new Point([...toPlane(position)]), reading: number ?? 1 });
      feature.setStyle(look.candidateSign(number));
      this.candidates.addFeature(feature);
    }
  }

  /** Somebody else's version (or an older one) beside the drawing. */
  showComparison(geometries: readonly (Geometry | null)[]): void {
    this.comparison.clear();
    for (const part of geometries.flatMap(parts)) {
      const feature = new Feature(olGeometry(part));
      feature.setStyle(look.theirs);
      this.comparison.addFeature(feature);
    }
  }

  /** The parts that the drawing has in common with other works: a band under both lines. */
  showCommon(geometries: readonly (Geometry | null)[]): void {
    this.common.clear();
    for (const part of geometries.flatMap(parts)) {
      const feature = new Feature(olGeometry(part));
      feature.setStyle(look.common);
      this.common.addFeature(feature);
    }
  }
}
