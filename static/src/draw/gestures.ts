/** What a hand does on the map: clicks, drags, long presses and movements become steps of the surface. */

import type { Point } from "ol/geom";
import PointerInteraction from "ol/interaction/Pointer";
import type MapBrowserEvent from "ol/MapBrowserEvent";
import { unByKey } from "ol/Observable";
import type { Segment } from "./drawing";
import { toPlane, toPosition } from "./planar";
import { middles } from "./shapes";
import type { XY } from "./snapping";
import type { DrawSurface } from "./surface";

const HIT_PX = 9;
const HIT_TOUCH_PX = 22;

interface Hit {
  readonly id: number;
  readonly index: number;
  readonly middle: boolean;
}

export class Gestures {
  private lastClick = { x: -99, y: -99, at: 0 };
  private readonly undoWork: (() => void)[] = [];

  constructor(private readonly surface: DrawSurface) {
    this.listen();
  }

  private hit(pixel: readonly number[]): Hit | null {
    const reach = this.surface.touch ? HIT_TOUCH_PX : HIT_PX;
    let best: { hit: Hit; away: number } | null = null;
    for (const feature of this.surface.handles.getFeatures()) {
      const id = feature.get("segment") as number | undefined;
      if (id === undefined) continue;
      const point = feature.getGeometry() as Point;
      const [x = 0, y = 0] = this.surface.map.getPixelFromCoordinate(point.getCoordinates()) ?? [];
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

  /** Take back what was begun. */
  end(): void {
    for (const undo of this.undoWork) undo();
  }

  private listen(): void {
    const interaction = this.dragging();
    this.surface.map.addInteraction(interaction);
    const target = this.surface.map.getTargetElement();
    const menu = (event: MouseEvent): void => this.contextMenu(event);
    target.addEventListener("contextmenu", menu);
    const stay = (): void => this.surface.camera.lookout.stay();
    target.addEventListener("wheel", stay, { passive: true });
    const keys = [
      this.surface.map.on("pointerdrag", stay),
      this.surface.map.on("click", (event) => this.click(event)),
      this.surface.map.on("dblclick", (event) => {
        if (!this.surface.drawingTool) return true;
        event.preventDefault();
        event.stopPropagation();
        this.surface.session.finish();
        return false;
      }),
      this.surface.map.on("pointermove", (event) => {
        if (event.dragging) return;
        this.noticePointer(event);
        if (!this.surface.crossShown)
          this.surface.follow(event.coordinate, (event.originalEvent as PointerEvent).altKey);
        target.style.cursor = this.hit(event.pixel) ? "move" : this.surface.drawingTool ? "crosshair" : "";
      }),
    ];
    const moved = this.surface.map.getView().on("change:center", () => {
      if (this.surface.crossShown) this.surface.follow(this.surface.map.getView().getCenter() ?? [0, 0]);
    });
    this.undoWork.push(
      () => this.surface.map.removeInteraction(interaction),
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
    if (type) this.surface.useTouch(touch);
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
        if (!held || this.surface.session.tool === "measure" || this.surface.session.tool === "ends")
          return false;
        return !(this.surface.session.tool === "split" && held.middle);
      },
      handleDragEvent: (event) => {
        if (!held) return;
        if (!moved) this.beginDrag(held);
        moved = true;
        const { activeId, vertex } = this.surface.session.state;
        const hand = { id: activeId as number, index: vertex as number };
        const free = (event.originalEvent as PointerEvent).altKey;
        const place = this.surface.locate(event.coordinate, free, hand);
        this.surface.session.drag(place.position);
        this.surface.pointAt(place);
      },
      handleUpEvent: (event) => {
        this.surface.session.endDrag();
        if (!moved && held) this.tap(held, event);
        held = null;
        return false;
      },
    });
  }

  private beginDrag(held: Hit): void {
    if (!held.middle) {
      this.surface.session.startDrag(held.id, held.index);
      return;
    }
    const segment = this.surface.session.drawing.segments.find(({ id }) => id === held.id) as Segment;
    const plane = segment.positions.map(toPlane);
    const middle = middles(segment, plane).find(([index]) => index === held.index)?.[1];
    if (middle) this.surface.session.insert(held.id, held.index, toPosition(middle));
  }

  /** A press on a vertex without movement. */
  private tap(held: Hit, event: MapBrowserEvent): void {
    const { session } = this.surface;
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
      else this.surface.place(this.surface.locate(event.coordinate));
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
    if (near && Date.now() - at < 350 && this.surface.drawingTool) return; // the second click of a double click
    if (this.surface.crossShown && this.surface.drawingTool && original.pointerType === "touch") return; // the cross places
    if (this.surface.drawingTool || this.surface.session.tool === "split") {
      this.surface.place(this.surface.locate(event.coordinate, original.altKey));
      return;
    }
    const leg = this.surface.legAt(event.coordinate as unknown as XY, HIT_PX * this.surface.resolution());
    const point = this.hit(event.pixel);
    if (point) this.surface.session.select(point.id, point.index);
    else if (leg) this.surface.session.select(leg.id, null);
  }

  /** Right click, or a long press on a screen that is touched. */
  private contextMenu(event: MouseEvent): void {
    const pixel = this.surface.map.getEventPixel(event);
    const hit = this.hit(pixel);
    if (!hit || hit.middle) return;
    event.preventDefault();
    this.surface.session.select(hit.id, hit.index);
    this.surface.events.onVertexMenu(hit.id, hit.index, [pixel[0] as number, pixel[1] as number]);
  }
}
