/** The drawing on the map: shows the session, turns pointer, touch and the cross into its steps. Decides nothing. */

import Feature from "ol/Feature";
import { LineString, Point, Polygon } from "ol/geom";
import PointerInteraction from "ol/interaction/Pointer";
import VectorLayer from "ol/layer/Vector";
import type OlMap from "ol/Map";
import type MapBrowserEvent from "ol/MapBrowserEvent";
import { unByKey } from "ol/Observable";
import VectorSource from "ol/source/Vector";
import type { Style } from "ol/style";
import { h } from "../panels/dom";
import type { Position, Segment } from "./drawing";
import { inverse } from "./geodesic";
import type { Geometry } from "./geojson";
import { parts } from "./geojson";
import * as look from "./look";
import { type Box, Lookout } from "./lookout";
import { Network } from "./network";
import { ownTargets, toPlane, toPosition } from "./planar";
import type { DrawSession } from "./session";
import { nearestOnLeg, SnapIndex, type Snapped, type Target, type XY } from "./snapping";

export interface ProblemSign {
  readonly number: number;
  readonly isError: boolean;
  readonly position: Position;
}

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

/** A reading of typed coordinates; the number is its number in a list. */
export interface CandidateSign {
  readonly number: number | null;
  readonly position: Position;
}

export interface Place {
  readonly position: Position;
  readonly snapped: Snapped | null;
}

const SNAP_PX = 12;
const SNAP_TOUCH_PX = 22;
const HIT_PX = 9;
const HIT_TOUCH_PX = 22;
const MAX_HANDLES = 3000;

interface Hit {
  readonly id: number;
  readonly index: number;
  readonly middle: boolean;
}

export class DrawSurface {
  snapping = true;
  tracing = false;
  /** The cross in the middle of the map stands for the pointer. */
  private crossOn = false;
  private touch = matchMedia("(pointer: coarse)").matches;
  private neighbours = new SnapIndex([]);
  private network: Network | null = null;
  private own: readonly Target[] = [];
  private readonly body = new VectorSource();
  private readonly handles = new VectorSource();
  private readonly leg = new VectorSource();
  private readonly signs = new VectorSource();
  private readonly candidates = new VectorSource();
  private readonly comparison = new VectorSource();
  private readonly layers: VectorLayer[];
  private readonly tip = h("div", { class: "wb-tip", "aria-hidden": "true", hidden: true });
  private readonly ring = h("div", { class: "wb-snap", "aria-hidden": "true", hidden: true });
  private readonly cross = h("div", { class: "wb-cross", "aria-hidden": "true", hidden: true });
  private measured: Position[] = [];
  private ends: Place[] = [];
  private last: Place | null = null;
  private lastClick = { x: -99, y: -99, at: 0 };
  private readonly undoWork: (() => void)[] = [];
  /** What was looked at before the map went to readings of typed coordinates. */
  readonly lookout = new Lookout({
    box: () => this.freeBox(),
    now: () => {
      const [x = 0, y = 0] = this.map.getView().getCenter() ?? [];
      return { center: [x, y], zoom: this.map.getView().getZoom() ?? 0 };
    },
    moveTo: ({ center, zoom }) => this.moveTo(center, zoom),
    show: (box) => this.showBox(box),
  });

  constructor(
    readonly map: OlMap,
    readonly session: DrawSession,
    private readonly events: SurfaceEvents,
  ) {
    const names: [string, VectorSource, number][] = [
      ["theirs", this.comparison, 60],
      ["drawing", this.body, 61],
      ["leg", this.leg, 62],
      ["vertices", this.handles, 63],
      ["problems", this.signs, 64],
      ["readings", this.candidates, 65],
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
    this.listen();
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

  // ---- signs -------------------------------------------------------------------------------------------------

  showProblems(signs: readonly ProblemSign[]): void {
    this.signs.clear();
    for (const { number, isError, position } of signs) {
      const feature = new Feature({ geometry: new Point([...toPlane(position)]), problem: number });
      feature.setStyle(look.problemSign(number, isError));
      this.signs.addFeature(feature);
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

  /** Metres between a position and the middle of the map. */
  away(position: Position): number {
    const [x = 0, y = 0] = this.map.getView().getCenter() ?? [];
    return inverse(toPosition([x, y]), position).length_m;
  }

  goTo(position: Position, minZoom = 16): void {
    this.moveTo(toPlane(position), Math.max(this.map.getView().getZoom() ?? 0, minZoom));
  }

  private moveTo(center: XY, zoom: number): void {
    const view = this.map.getView();
    view.cancelAnimations();
    view.animate({ center: [...center], zoom, duration: animationMs() });
  }

  /** All of a box at once, no nearer than the map is now. */
  private showBox(box: Box): void {
    const view = this.map.getView();
    view.cancelAnimations();
    // biome-ignore lint/suspicious/noFocusedTests: fit() of a view, no test
    view.fit([...box], { padding: this.padding(), maxZoom: view.getZoom() ?? 17, duration: animationMs() });
  }

  private padding(): [number, number, number, number] {
    return [80, 60 + this.events.covered(), 60, 60];
  }

  /** What is seen and not covered. */
  private freeBox(): Box {
    const view = this.map.getView();
    const [west = 0, south = 0, east = 0, north = 0] = view.calculateExtent(this.map.getSize());
    const [top, right, bottom, left] = this.padding().map((px) => (px / 2) * this.resolution()) as [
      number,
      number,
      number,
      number,
    ];
    return [west + left, south + bottom, east - right, north - top];
  }

  fit(): void {
    const extent = this.body.getExtent();
    if (!extent || this.body.isEmpty()) return;
    // biome-ignore lint/suspicious/noFocusedTests: fit() of a view, no test
    this.map.getView().fit(extent, { padding: this.padding(), maxZoom: 17 });
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
      this.addHandles(handles, segment, active, active ? vertex : null);
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

  private addHandles(into: Feature[], segment: Segment, active: boolean, vertex: number | null): void {
    const plane = segment.positions.map(toPlane);
    plane.forEach((xy, index) => {
      const feature = new Feature({ geometry: new Point([...xy]), segment: segment.id, vertex: index });
      const isActive = active && vertex === index;
      feature.setStyle(
        segment.shape === "Point" ? look.pointStyle(isActive) : look.vertexStyle(isActive, this.touch),
      );
      into.push(feature);
    });
    if (!active || segment.shape === "Point") return;
    for (const [index, middle] of middles(segment, plane)) {
      const feature = new Feature({ geometry: new Point([...middle]), segment: segment.id, before: index });
      feature.setStyle(this.touch ? look.midPointTouch : look.midPoint);
      into.push(feature);
    }
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

  private resolution(): number {
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

  private follow(coordinate: readonly number[], free = false): void {
    const place = this.locate(coordinate, free);
    this.last = place;
    this.events.onMove(place.position, place.snapped);
    this.drawLeg();
    this.showTip(place);
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

  private place(place: Place): void {
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
    const leg = this.legAt(toPlane(position), HIT_TOUCH_PX * this.resolution());
    if (leg) this.session.split(leg.id, leg.index, toPosition(leg.at));
  }

  private legAt(point: XY, within: number): { id: number; index: number; at: XY } | null {
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

  // ---- events of the map -------------------------------------------------------------------------------------

  private hit(pixel: readonly number[]): Hit | null {
    const reach = this.touch ? HIT_TOUCH_PX : HIT_PX;
    let best: { hit: Hit; away: number } | null = null;
    for (const feature of this.handles.getFeatures()) {
      const id = feature.get("segment") as number | undefined;
      if (id === undefined) continue;
      const point = feature.getGeometry() as Point;
      const [x = 0, y = 0] = this.map.getPixelFromCoordinate(point.getCoordinates()) ?? [];
      const away = Math.hypot(x - (pixel[0] as number), y - (pixel[1] as number));
      const vertex = feature.get("vertex") as number | undefined;
      const middle = vertex === undefined;
      // A vertex wins over the mid-point beside it.
      const rank = away + (middle ? 3 : 0);
      if (away > reach || rank >= (best?.away ?? Infinity)) continue;
      best = { hit: { id, index: middle ? (feature.get("before") as number) : vertex, middle }, away: rank };
    }
    return best?.hit ?? null;
  }

  private listen(): void {
    const interaction = this.dragging();
    this.map.addInteraction(interaction);
    const target = this.map.getTargetElement();
    const menu = (event: MouseEvent): void => this.contextMenu(event);
    target.addEventListener("contextmenu", menu);
    const stay = (): void => this.lookout.stay();
    target.addEventListener("wheel", stay, { passive: true });
    const keys = [
      this.map.on("pointerdrag", stay),
      this.map.on("click", (event) => this.click(event)),
      this.map.on("dblclick", (event) => {
        if (!this.drawingTool) return true;
        event.preventDefault();
        event.stopPropagation();
        this.session.finish();
        return false;
      }),
      this.map.on("pointermove", (event) => {
        if (event.dragging) return;
        this.noticePointer(event);
        if (!this.crossOn) this.follow(event.coordinate, (event.originalEvent as PointerEvent).altKey);
        target.style.cursor = this.hit(event.pixel) ? "move" : this.drawingTool ? "crosshair" : "";
      }),
    ];
    const moved = this.map.getView().on("change:center", () => {
      if (this.crossOn) this.follow(this.map.getView().getCenter() ?? [0, 0]);
    });
    this.undoWork.push(
      () => this.map.removeInteraction(interaction),
      () => target.removeEventListener("contextmenu", menu),
      () => target.removeEventListener("wheel", stay),
      () => unByKey([...keys, moved]),
      () => {
        target.style.cursor = "";
      },
    );
  }

  private noticePointer(event: MapBrowserEvent): void {
    const type = (event.originalEvent as PointerEvent).pointerType;
    const touch = type === "touch";
    if (!type || touch === this.touch) return;
    this.touch = touch;
    this.draw();
  }

  private dragging(): PointerInteraction {
    let moved = false;
    let held: Hit | null = null;
    return new PointerInteraction({
      handleDownEvent: (event) => {
        this.noticePointer(event);
        const button = (event.originalEvent as PointerEvent).button;
        held = button === 0 ? this.hit(event.pixel) : null;
        moved = false;
        if (!held || this.session.tool === "measure" || this.session.tool === "ends") return false;
        return !(this.session.tool === "split" && held.middle);
      },
      handleDragEvent: (event) => {
        if (!held) return;
        if (!moved) this.beginDrag(held);
        moved = true;
        const { activeId, vertex } = this.session.state;
        const hand = { id: activeId as number, index: vertex as number };
        const free = (event.originalEvent as PointerEvent).altKey;
        const place = this.locate(event.coordinate, free, hand);
        this.session.drag(place.position);
        this.last = place;
        this.events.onMove(place.position, place.snapped);
        this.showTip(place);
      },
      handleUpEvent: (event) => {
        this.session.endDrag();
        if (!moved && held) this.tap(held, event);
        held = null;
        return false;
      },
    });
  }

  private beginDrag(held: Hit): void {
    if (!held.middle) {
      this.session.startDrag(held.id, held.index);
      return;
    }
    const segment = this.session.drawing.segments.find(({ id }) => id === held.id) as Segment;
    const plane = segment.positions.map(toPlane);
    const middle = middles(segment, plane).find(([index]) => index === held.index)?.[1];
    if (middle) this.session.insert(held.id, held.index, toPosition(middle));
  }

  /** A press on a vertex without movement. */
  private tap(held: Hit, event: MapBrowserEvent): void {
    const { session } = this;
    const { growing, activeId } = session.state;
    const segment = session.drawing.segments.find(({ id }) => id === held.id);
    if (!segment) return;
    if (session.tool === "split" && !held.middle) {
      session.select(held.id, held.index);
      session.splitAtActive();
    } else if (growing && held.id === activeId && !held.middle) {
      const last = segment.positions.length - 1;
      const closes = segment.shape === "Polygon" && held.index === 0 && last >= 2;
      if (held.index === last || closes) session.finish();
      else this.place(this.locate(event.coordinate));
    } else if (held.middle) {
      this.beginDrag(held);
      session.endDrag();
    } else {
      session.select(held.id, held.index);
    }
  }

  private click(event: MapBrowserEvent): void {
    const original = event.originalEvent as PointerEvent;
    const { x, y, at } = this.lastClick;
    const near = Math.hypot(original.clientX - x, original.clientY - y) < 4;
    this.lastClick = { x: original.clientX, y: original.clientY, at: Date.now() };
    if (near && Date.now() - at < 350 && this.drawingTool) return; // the second click of a double click
    if (this.crossOn && this.drawingTool && original.pointerType === "touch") return; // the cross places
    if (this.drawingTool || this.session.tool === "split") {
      this.place(this.locate(event.coordinate, original.altKey));
      return;
    }
    const leg = this.legAt(event.coordinate as unknown as XY, HIT_PX * this.resolution());
    const point = this.hit(event.pixel);
    if (point) this.session.select(point.id, point.index);
    else if (leg) this.session.select(leg.id, null);
  }

  /** Right click, or a long press on a screen that is touched. */
  private contextMenu(event: MouseEvent): void {
    const pixel = this.map.getEventPixel(event);
    const hit = this.hit(pixel);
    if (!hit || hit.middle) return;
    event.preventDefault();
    this.session.select(hit.id, hit.index);
    this.events.onVertexMenu(hit.id, hit.index, [pixel[0] as number, pixel[1] as number]);
  }
}

function animationMs(): number {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120;
}

function olGeometry(segment: Omit<Segment, "id">): Point | LineString | Polygon | undefined {
  const plane = segment.positions.map((position) => [...toPlane(position)]);
  if (segment.shape === "Point") return plane[0] ? new Point(plane[0]) : undefined;
  if (segment.shape === "LineString" || plane.length < 3) {
    return plane.length > 1 ? new LineString(plane) : undefined;
  }
  const holes = (segment.holes ?? []).map((ring) => ring.map((position) => [...toPlane(position)]));
  return new Polygon([
    [...plane, plane[0] as number[]],
    ...holes.map((ring) => [...ring, ring[0] as number[]]),
  ]);
}

function bodyStyles(segment: Segment, marked: boolean): Style[] {
  if (segment.shape === "Point") return [];
  const styles = segment.shape === "Polygon" ? look.draftArea : look.draftLine;
  return marked ? [look.activeHalo, ...styles] : styles;
}

/** Mid-points with the index before which a new vertex goes. */
function middles(segment: Segment, plane: readonly XY[]): [number, XY][] {
  const found: [number, XY][] = [];
  const legs = segment.shape === "Polygon" && plane.length > 2 ? plane.length : plane.length - 1;
  for (let i = 0; i < legs; i += 1) {
    const a = plane[i] as XY;
    const b = plane[(i + 1) % plane.length] as XY;
    found.push([i + 1, [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]]);
  }
  return found;
}
