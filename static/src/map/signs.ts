/** Signs that pages put on their maps. */

import CircleStyle from "ol/style/Circle";
import Fill from "ol/style/Fill";
import Icon from "ol/style/Icon";
import Stroke from "ol/style/Stroke";
import Style from "ol/style/Style";

const TRIANGLE = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" width="28" height="26" viewBox="0 0 28 26"><path d="M14 2 26.5 24h-25z" fill="#FFD54A" stroke="#8A5200" stroke-width="1.6" stroke-linejoin="round"/><path d="M14 9v8" stroke="#1A2130" stroke-width="2.6" stroke-linecap="round"/><circle cx="14" cy="20.6" r="1.6" fill="#1A2130"/></svg>',
)}`;

/** Look here: colour alone tells nobody. */
export const WARNING_SIGN = new Icon({ src: TRIANGLE, scale: 1 });

const CAMERA = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" width="26" height="26" viewBox="0 0 26 26"><circle cx="13" cy="13" r="11.5" fill="#1A2130" stroke="#fff" stroke-width="2"/><path d="M7.6 10.2h2.3l1-1.6h4.2l1 1.6h2.3v7.4H7.6zM13 11.9a2 2 0 1 1 0 4 2 2 0 0 1 0-4z" fill="none" stroke="#fff" stroke-width="1.4" stroke-linejoin="round"/></svg>',
)}`;

/** Where a photograph was taken; the one that is looked at has a halo. */
export function photoStyle(chosen: boolean): Style[] {
  const sign = new Style({ image: new Icon({ src: CAMERA, scale: 1 }), zIndex: chosen ? 2 : 1 });
  if (!chosen) return [sign];
  const halo = new CircleStyle({
    radius: 17,
    stroke: new Stroke({ color: "#FFD54A", width: 5 }),
    fill: new Fill({ color: "#FFD54A66" }),
  });
  return [new Style({ image: halo, zIndex: 1 }), sign];
}
