/** Asks the server what is wrong with the drawing, a moment after the last change, and adds what only the map sees. */

import { ApiProblem, api, type ProblemItem } from "../api/client";
import type { CheckedProblem, GeometryCheck, Neighbour } from "../api/types";
import type { Drawing, Position, Segment } from "../draw/drawing";
import { toFeatureCollection } from "../draw/geojson";
import type { DrawSession } from "../draw/session";
import type { DrawSurface } from "../draw/surface";
import { metres } from "../format";
import { debounce } from "../panels/dom";
import { type CheckState, problemPosition, type ShownProblem } from "../panels/problems";
import { t } from "./editortexts";

const WAIT_MS = 600;
const NEAR_M = 15;
const TOUCHING_M = 0.3;
/** What the cards of the works at the same place tell already. */
const TOLD_BY_CARDS = new Set(["overlaps_project", "same_place_as_project"]);
/** Problems that are none when two organisations build together. */
const OUTSIDE = new Set(["outside_territory", "crosses_territory"]);

export class Checker {
  /** The person said that the work is a joint one; sending it says so too. */
  joint = false;
  private problems: readonly CheckedProblem[] = [];
  private neighbours: readonly Neighbour[] = [];
  private state: CheckState = "idle";
  private turn = 0;
  private readonly soon = debounce(() => void this.ask(), WAIT_MS);

  constructor(
    private readonly project: string,
    private readonly road: boolean,
    private readonly session: DrawSession,
    private readonly surface: DrawSurface,
    private readonly show: (
      problems: readonly ShownProblem[],
      state: CheckState,
      neighbours: readonly Neighbour[],
    ) => void,
  ) {}

  /** The drawing changed. */
  changed(): void {
    this.turn += 1;
    this.state = "checking";
    this.tell();
    this.soon();
  }

  /** Problems that a refused write came back with. */
  refused(problems: readonly ProblemItem[]): void {
    this.turn += 1;
    this.problems = problems;
    this.state = "idle";
    this.tell();
  }

  /** Somebody answered on a card: ask again how the works stand. */
  answered(): void {
    this.turn += 1;
    void this.ask();
  }

  tell(): void {
    this.show(this.all(), this.state, this.neighbours);
  }

  private async ask(): Promise<void> {
    const turn = this.turn;
    const geometry = toFeatureCollection(this.session.drawing);
    this.problems = [];
    try {
      if (geometry.features.length > 0) {
        const answer = await api.post<GeometryCheck>("/api/v1/geometry/check", {
          project: this.project,
          geometry,
        });
        if (turn !== this.turn) return;
        this.problems = answer.problems;
        this.neighbours = answer.neighbours;
      } else {
        this.neighbours = [];
      }
      this.state = "idle";
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (turn !== this.turn) return;
      this.problems = error.errors;
      this.state = error.errors.length > 0 ? "idle" : "unreachable";
    }
    this.tell();
  }

  private all(): ShownProblem[] {
    const { drawing } = this.session;
    const ordered = [...this.problems].sort(
      (a, b) => Number(b.level === "error") - Number(a.level === "error"),
    );
    const shown = ordered
      .filter(({ level, code }) => level !== "info" && !TOLD_BY_CARDS.has(code))
      .map((problem, i): ShownProblem => {
        const position = problemPosition(problem, drawing);
        return {
          number: i + 1,
          isError: problem.level === "error",
          message: problem.message,
          hint: this.joint && OUTSIDE.has(problem.code) ? t("joint_noted") : (problem.fix ?? null),
          position,
          fix: this.fixOf(problem),
        };
      });
    return this.road ? [...shown, ...this.looseEnds(drawing, shown.length)] : shown;
  }

  private declare(joint: boolean): void {
    this.joint = joint;
    this.tell();
  }

  private fixOf(problem: CheckedProblem): ShownProblem["fix"] {
    const where = (problem.where ?? {}) as { segment?: number; vertex?: number };
    if (problem.code === "duplicate_vertices") {
      return { label: t("fix_repeats"), act: () => this.session.dropRepeats() };
    }
    if (OUTSIDE.has(problem.code)) {
      const label = t(this.joint ? "joint_not" : "joint");
      return { label, act: () => this.declare(!this.joint) };
    }
    const segment = this.session.drawing.segments[(where.segment ?? 0) - 1];
    const offer = problem.offers?.[0];
    if (offer && segment) {
      const lines = offer.lines.map(({ coordinates }) =>
        coordinates.map(([lon, lat]) => [lon, lat] as const),
      );
      return { label: offer.message, act: () => this.session.mendLine(segment.id, lines) };
    }
    if (problem.code === "too_short" && segment && this.session.drawing.segments.length > 1) {
      return { label: t("fix_delete_segment"), act: () => this.session.removeSegment(segment.id) };
    }
    if (problem.code === "spike" && segment && where.vertex) {
      const vertex = where.vertex - 1;
      return { label: t("fix_delete"), act: () => this.session.deleteVertex(segment.id, vertex) };
    }
    return null;
  }

  /** Ends of a road that nearly meet a line on the map: only the map knows the neighbours. */
  private looseEnds(drawing: Drawing, before: number): ShownProblem[] {
    if (this.session.state.growing) return [];
    const found: ShownProblem[] = [];
    drawing.segments.forEach((segment, i) => {
      if (segment.shape !== "LineString" || segment.positions.length < 2) return;
      for (const [key, index] of [
        ["near_start", 0] as const,
        ["near_end", segment.positions.length - 1] as const,
      ]) {
        const problem = this.looseEnd(segment, index, key, i + 1, before + found.length + 1);
        if (problem) found.push(problem);
      }
    });
    return found;
  }

  private looseEnd(
    segment: Segment,
    index: number,
    key: "near_start" | "near_end",
    number: number,
    place: number,
  ): ShownProblem | null {
    const position = segment.positions[index] as Position;
    const near = this.surface.nearest(position, NEAR_M);
    if (!near || near.away_m < TOUCHING_M) return null;
    return {
      number: place,
      isError: false,
      message: t(key, { number, what: near.place.snapped?.target.label ?? "", metres: metres(near.away_m) }),
      hint: null,
      position,
      fix: {
        label: t("fix_snap"),
        act: () => this.session.setVertex(segment.id, index, near.place.position),
      },
    };
  }
}
