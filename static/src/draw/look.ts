/** How a drawing at work looks: draft lines, vertices, mid-points, signs of problems. */

import { Circle, Fill, RegularShape, Stroke, Style, Text } from "ol/style";
import { COLOURS } from "../map/style";

const white = new Fill({ color: COLOURS.white });
const draft = new Fill({ color: COLOURS.draft });

export const draftLine = [
  new Style({
    stroke: new Stroke({ color: COLOURS.white, width: 4.8, lineCap: "round", lineJoin: "round" }),
  }),
  new Style({
    stroke: new Stroke({ color: COLOURS.draft, width: 3.2, lineCap: "round", lineJoin: "round" }),
  }),
];

export const draftArea = [new Style({ fill: new Fill({ color: "rgba(180,19,109,0.14)" }) }), ...draftLine];

export const activeHalo = new Style({
  stroke: new Stroke({ color: "rgba(255,213,74,0.75)", width: 11, lineCap: "round", lineJoin: "round" }),
});

export const lastLeg = [
  new Style({ stroke: new Stroke({ color: COLOURS.white, width: 4, lineDash: [6, 5] }) }),
  new Style({ stroke: new Stroke({ color: COLOURS.draft, width: 2.4, lineDash: [6, 5] }) }),
];

export const measureLine = [
  new Style({ stroke: new Stroke({ color: COLOURS.white, width: 4.4 }) }),
  new Style({ stroke: new Stroke({ color: COLOURS.ink, width: 2, lineDash: [8, 4] }) }),
];

function square(side: number, active: boolean): Style {
  return new Style({
    image: new RegularShape({
      points: 4,
      radius: (side / 2 + 1) * Math.SQRT2,
      angle: Math.PI / 4,
      fill: active ? draft : white,
      stroke: new Stroke({ color: active ? COLOURS.white : COLOURS.draft, width: 2 }),
    }),
    zIndex: active ? 12 : 11,
  });
}

const squares = {
  mouse: [square(8, false), square(8, true)],
  touch: [square(14, false), square(14, true)],
} as const;

export function vertexStyle(active: boolean, touch: boolean): Style {
  return squares[touch ? "touch" : "mouse"][active ? 1 : 0];
}

export const pointStyle = (active: boolean): Style =>
  new Style({
    image: new Circle({
      radius: 9,
      fill: active ? draft : white,
      stroke: new Stroke({ color: active ? COLOURS.white : COLOURS.draft, width: 3 }),
    }),
    zIndex: 12,
  });

export const midPoint = new Style({
  image: new Circle({ radius: 2.8, fill: white, stroke: new Stroke({ color: COLOURS.draft, width: 1.4 }) }),
  zIndex: 10,
});

export const midPointTouch = new Style({
  image: new Circle({ radius: 5, fill: white, stroke: new Stroke({ color: COLOURS.draft, width: 1.6 }) }),
  zIndex: 10,
});

/** Octagon for what must be fixed, triangle for what should be checked, with the number of the list. */
/** A flag of a reviewer: apart from problems, which have numbers. */
export function commentSign(): Style {
  return new Style({
    image: new RegularShape({
      points: 4,
      radius: 12,
      fill: new Fill({ color: COLOURS.bad }),
      stroke: new Stroke({ color: COLOURS.white, width: 2 }),
    }),
    text: new Text({
      text: "!",
      font: "700 13px Sarabun, sans-serif",
      fill: new Fill({ color: COLOURS.white }),
    }),
  });
}

export function problemSign(number: number, isError: boolean): Style[] {
  return [
    new Style({
      image: isError
        ? new RegularShape({
            points: 8,
            radius: 11,
            angle: Math.PI / 8,
            fill: new Fill({ color: COLOURS.bad }),
            stroke: new Stroke({ color: COLOURS.white, width: 1.5 }),
            displacement: [-14, 14],
          })
        : new RegularShape({
            points: 3,
            radius: 13,
            fill: new Fill({ color: COLOURS.halo }),
            stroke: new Stroke({ color: COLOURS.ink, width: 1.4 }),
            displacement: [0, 20],
          }),
      text: new Text({
        text: String(number),
        font: "700 11px Sarabun, sans-serif",
        fill: new Fill({ color: isError ? COLOURS.white : COLOURS.ink }),
        offsetX: isError ? -14 : 0,
        offsetY: isError ? -14 : -19,
      }),
      zIndex: 15,
    }),
  ];
}

/** A reading of typed coordinates that was not chosen yet: its number, or a dot for the only one. */
export function candidateSign(number: number | null): Style[] {
  const ring = new Style({
    image: new Circle({ radius: 10, fill: white, stroke: new Stroke({ color: COLOURS.accent, width: 2.4 }) }),
    zIndex: 16,
  });
  if (number === null) {
    const dot = new Circle({ radius: 4, fill: new Fill({ color: COLOURS.accent }) });
    return [ring, new Style({ image: dot, zIndex: 17 })];
  }
  ring.setText(
    new Text({
      text: String(number),
      font: "700 12px Sarabun, sans-serif",
      fill: new Fill({ color: "#22397C" }),
    }),
  );
  return [ring];
}

/** The part that the drawing has in common with another work. */
export const common = [
  new Style({
    stroke: new Stroke({ color: COLOURS.overlap, width: 20 }),
    fill: new Fill({ color: COLOURS.overlap }),
    image: new Circle({ radius: 18, fill: new Fill({ color: COLOURS.overlap }) }),
  }),
];

export const theirs = [
  new Style({
    stroke: new Stroke({ color: COLOURS.white, width: 6 }),
    fill: new Fill({ color: "rgba(47,75,156,0.12)" }),
  }),
  new Style({
    stroke: new Stroke({ color: COLOURS.accent, width: 3.2, lineDash: [12, 4] }),
    image: new Circle({ radius: 8, fill: white, stroke: new Stroke({ color: COLOURS.accent, width: 3 }) }),
  }),
];
