/** The drawing on the map: shows the session, turns places of the pointer and the cross into its steps. Decides nothing. */

import Feature from "ol/Feature";
import { LineString, Point } from "ol/geom";
import VectorLayer from "ol/layer/Vector";
import type OlMap from "ol/Map";
import VectorSource from "ol/source/Vector";
import { h } from "../panels/dom";
import { Camera } from "./camera";
import type { Position } from "./drawing";
import { inverse } from "./geodesic";
import { Gestures } from "./gestures";
import * as look from "./look";
import { Network } from "./network";
import { ownTargets, toPlane, toPosition } from "./planar";
import type { DrawSession } from "./session";
import { addHandles, bodyStyles, olGeometry } from "./shapes";
import { Signs } from "./signs";
import { nearestOnLeg, SnapIndex, type Snapped, type Target, type XY } from "./snapping";

export interface SurfaceEvents {
  /** The pointer (or the cross) is over a place: for the coordinate bar and the hint. */
  readonly onMove: (position: Position, snapped: Snapped | null) => void;
  readonly onVertexMenu: (segmentId: number, index: number, pixel: readonly [number, number]) => void;
  readonly onMeasure: (positions: readonly Position[]) => void;
  /** Two ends were picked. */
  readonly onEnds: (from: Place, to: Place) => void;
  readonly segmentLabel: (number: number) => string;
  /** Pixels at the right that lie under other things, not to be fitted into. */
  readonly covered: () => number;
  /** Words beside the pointer. */
  readonly describe: (from: Position | null, to: Position, snapped: Snapped | null) => string;
}

export interface Place {
  readonly position: Position;
  readonly snapped: Snapped | null;
}

const SNAP_PX = 12;
const SNAP_TOUCH_PX = 22;
const SPLIT_PX = 22;
const MAX_HANDLES = 3000;

export class DrawSurface {
  snapping = true;
  tracing = false;
  /** The cross in the middle of the map stands for the pointer. */
  private crossOn = false;
  touch = matchMedia("(pointer: coarse)").matches;
  private neighbours = new SnapIndex([]);
  private network: Network | null = null;
  private own: readonly Target[] = [];
  private readonly body = new VectorSource();
  readonly handles = new VectorSource();
  private readonly leg = new VectorSource();
  readonly signs = new Signs();
  private readonly layers: VectorLayer[];
  private readonly tip = h("div", { class: "wb-tip", "aria-hidden": "true", hidden: true });
  private readonly ring = h("div", { class: "wb-snap", "aria-hidden": "true", hidden: true });
  private readonly cross = h("div", { class: "wb-cross", "aria-hidden": "true", hidden: true });
  private measured: Position[] = [];
  private ends: Place[] = [];
  private last: Place | null = null;
  private readonly undoWork: (() => void)[] = [];
  readonly camera: Camera;

  constructor(
    readonly map: OlMap,
    readonly session: DrawSession,
    readonly events: SurfaceEvents,
  ) {
    this.camera = new Camera(map, this.body, events.covered);
    const names: [string, VectorSource, number][] = [
      ["common", this.signs.common, 59],
      ["theirs", this.signs.comparison, 60],
      ["drawing", this.body, 61],
      ["leg", this.leg, 62],
      ["vertices", this.handles, 63],
      ["problems", this.signs.problems, 64],
      ["readings", this.signs.candidates, 65],
      ["comments", this.signs.comments, 66],
    ];
    this.layers = names.map(
      ([name, source, zIndex]) =>
        new VectorLayer({
          source,
          zIndex,
          className: "map-drawing", // a picture of its own, over the names of the map
          properties: { name },
          updateWhileInteracting: true,
        }),
    );
    for (const layer of this.layers) map.addLayer(layer);
    map.getTargetElement().append(this.tip, this.ring, this.cross);
    const gestures = new Gestures(this);
    this.undoWork.push(() => gestures.end());
    this.undoWork.push(session.subscribe(() => this.draw()));
    this.draw();
  }

  /** Take everything off the map. */
  remove(): void {
    for (const undo of this.undoWork) undo();
    for (const layer of this.layers) this.map.removeLayer(layer);
    this.tip.remove();
    this.ring.remove();
    this.cross.remove();
  }

  setNeighbours(targets: readonly Target[]): void {
    this.neighbours = new SnapIndex(targets);
    this.network = null;
  }

  get drawingTool(): boolean {
    return ["line", "point", "polygon", "measure", "ends"].includes(this.session.tool);
  }

  // ---- the cross ---------------------------------------------------------------------------------------------

  get crossShown(): boolean {
    return this.crossOn;
  }

  showCross(on: boolean): void {
    this.crossOn = on;
    this.cross.hidden = !on;
    if (on) this.follow(this.map.getView().getCenter() ?? [0, 0]);
    else this.hideTip();
  }

  /** Where the cross is, caught by what is near. */
  atCross(): Position {
    return this.locate(this.map.getView().getCenter() ?? [0, 0]).position;
  }

  /** Put a vertex where the cross is. */
  placeAtCross(): void {
    const place = this.locate(this.map.getView().getCenter() ?? [0, 0]);
    this.place(place);
    this.follow(this.map.getView().getCenter() ?? [0, 0]);
  }

  // ---- measuring and ends ------------------------------------------------------------------------------------

  clearMeasure(): void {
    this.measured = [];
    this.ends = [];
    this.draw();
    this.events.onMeasure([]);
  }

  /** The way along the lines in view between two caught places. */
  route(from: Place, to: Place): readonly Position[] | null {
    if (!from.snapped || !to.snapped) return null;
    this.network ??= new Network(this.neighbours.targets);
    return this.network.path(from.snapped, to.snapped)?.map(toPosition) ?? null;
  }

  /** Nearest neighbour of a place within some metres: for "ดูดให้ติด" in the list of problems. */
  nearest(position: Position, within_m: number): { readonly place: Place; readonly away_m: number } | null {
    const scale = 1 / Math.cos((position[1] * Math.PI) / 180);
    const snapped = this.neighbours.snap(toPlane(position), within_m * scale);
    if (!snapped) return null;
    const at = toPosition(snapped.at);
    return { place: { position: at, snapped }, away_m: inverse(position, at).length_m };
  }

  // ---- drawing the session -----------------------------------------------------------------------------------

  private draw(): void {
    const { drawing, activeId, vertex } = this.session.state;
    this.own = ownTargets(drawing, this.events.segmentLabel);
    this.body.clear(true);
    this.handles.clear(true);
    const bodies: Feature[] = [];
    const handles: Feature[] = [];
    for (const segment of drawing.segments) {
      const active = segment.id === activeId;
      const geometry = olGeometry(segment);
      if (geometry) {
        const feature = new Feature({ geometry, segment: segment.id });
        feature.setStyle(bodyStyles(segment, active && drawing.segments.length > 1));
        bodies.push(feature);
      }
      addHandles(handles, segment, { active, vertex: active ? vertex : null, touch: this.touch });
    }
    if (this.measured.length > 0) {
      const feature = new Feature({ geometry: new LineString(this.measured.map((p) => [...toPlane(p)])) });
      feature.setStyle(look.measureLine);
      bodies.push(feature);
    }
    for (const { position } of this.ends) {
      const feature = new Feature({ geometry: new Point([...toPlane(position)]) });
      feature.setStyle(look.vertexStyle(true, this.touch));
      handles.push(feature);
    }
    this.body.addFeatures(bodies);
    this.handles.addFeatures(handles.slice(0, MAX_HANDLES));
    this.drawLeg();
    // The words beside the pointer are of the drawing that was: a finished area has no leg any more.
    if (this.last && !this.tip.hidden) this.showTip(this.last);
  }

  /** The dashed leg from the last vertex to the pointer. */
  private drawLeg(): void {
    this.leg.clear(true);
    const from = this.legStart();
    if (!from || !this.last || !this.drawingTool) return;
    const feature = new Feature(new LineString([[...toPlane(from)], [...toPlane(this.last.position)]]));
    feature.setStyle(this.session.tool === "measure" ? look.measureLine : look.lastLeg);
    this.leg.addFeature(feature);
  }

  private legStart(): Position | null {
    const { session } = this;
    if (session.tool === "measure") return this.measured.at(-1) ?? null;
    if (session.tool === "ends") return this.ends[0]?.position ?? null;
    if (!session.state.growing || !["line", "polygon"].includes(session.tool)) return null;
    return session.active?.positions.at(-1) ?? null;
  }

  // ---- pointing ----------------------------------------------------------------------------------------------

  resolution(): number {
    return this.map.getView().getResolution() ?? 1;
  }

  /** A place of the plane, caught by what is near when snapping is on. */
  locate(xy: readonly number[], free = false, dragged?: { id: number; index: number }): Place {
    const point: XY = [xy[0] as number, xy[1] as number];
    if (!this.snapping || free) return { position: toPosition(point), snapped: null };
    const tolerance = (this.touch ? SNAP_TOUCH_PX : SNAP_PX) * this.resolution();
    const own = this.snapOwn(point, tolerance, dragged);
    const other = this.neighbours.snap(point, tolerance);
    const snapped = own && (!other || own.distance <= other.distance) ? own : other;
    return snapped
      ? { position: toPosition(snapped.at), snapped }
      : { position: toPosition(point), snapped: null };
  }

  private snapOwn(point: XY, tolerance: number, dragged?: { id: number; index: number }): Snapped | null {
    // While dragging, the segment in the hand would catch itself; while drawing, so would the last vertex.
    const { growing, activeId } = this.session.state;
    const hand = dragged?.id ?? (growing ? activeId : null);
    const targets = this.own.filter((target) => target.id !== `own:${hand}`);
    return targets.length > 0 ? new SnapIndex(targets).snap(point, tolerance) : null;
  }

  follow(coordinate: readonly number[], free = false): void {
    const place = this.locate(coordinate, free);
    this.last = place;
    this.events.onMove(place.position, place.snapped);
    this.drawLeg();
    this.showTip(place);
  }

  /** A vertex in the hand is here. */
  pointAt(place: Place): void {
    this.last = place;
    this.events.onMove(place.position, place.snapped);
    this.showTip(place);
  }

  /** Fingers need larger handles than a mouse. */
  useTouch(touch: boolean): void {
    if (touch === this.touch) return;
    this.touch = touch;
    this.draw();
  }

  private showTip(place: Place): void {
    const text = this.drawingTool ? this.events.describe(this.legStart(), place.position, place.snapped) : "";
    const [x = 0, y = 0] = this.map.getPixelFromCoordinate([...toPlane(place.position)]) ?? [];
    this.tip.hidden = text === "";
    this.tip.textContent = text;
    const [width = 0] = this.map.getSize() ?? [];
    const left = Math.max(8, Math.min(x + 14, width - this.tip.offsetWidth - 8));
    this.tip.style.transform = `translate(${left}px, ${y + (this.crossOn ? 34 : -44)}px)`;
    this.ring.hidden = !(place.snapped && this.drawingTool);
    this.ring.style.transform = `translate(${x - 15}px, ${y - 15}px)`;
  }

  private hideTip(): void {
    this.tip.hidden = true;
    this.ring.hidden = true;
    this.last = null;
    this.drawLeg();
  }

  place(place: Place): void {
    const { session } = this;
    if (session.tool === "measure") {
      this.measured = [...this.measured, place.position];
      this.events.onMeasure(this.measured);
      this.draw();
    } else if (session.tool === "ends") {
      this.placeEnd(place);
    } else if (session.tool === "split") {
      this.splitNear(place.position);
    } else if (this.drawingTool) {
      this.placeVertex(place);
    }
  }

  private placeVertex(place: Place): void {
    const { session } = this;
    const from = this.legStart();
    const before = from && this.tracing && place.snapped ? this.locate(toPlane(from)) : null;
    const way =
      before?.snapped && !before.snapped.target.id.startsWith("own:") ? this.route(before, place) : null;
    if (way && way.length > 2) session.placeAll(way.slice(1), "trace");
    else session.place(place.position);
  }

  private placeEnd(place: Place): void {
    this.ends = this.ends.length >= 2 ? [place] : [...this.ends, place];
    this.draw();
    const [from, to] = this.ends;
    if (from && to) this.events.onEnds(from, to);
  }

  private splitNear(position: Position): void {
    const leg = this.legAt(toPlane(position), SPLIT_PX * this.resolution());
    if (leg) this.session.split(leg.id, leg.index, toPosition(leg.at));
  }

  legAt(point: XY, within: number): { id: number; index: number; at: XY } | null {
    let best: { id: number; index: number; at: XY; away: number } | null = null;
    for (const segment of this.session.drawing.segments) {
      const plane = segment.positions.map(toPlane);
      if (segment.shape === "Polygon" && plane[0]) plane.push(plane[0]);
      for (let index = 1; index < plane.length; index += 1) {
        const [at] = nearestOnLeg(point, plane[index - 1] as XY, plane[index] as XY);
        const away = Math.hypot(at[0] - point[0], at[1] - point[1]);
        if (away <= within && away < (best?.away ?? Infinity)) best = { id: segment.id, index, at, away };
      }
    }
    return best;
  }
}
