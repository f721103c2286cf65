/** Signs that pages put on their maps. */

import Icon from "ol/style/Icon";

const TRIANGLE = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" width="28" height="26" viewBox="0 0 28 26"><path d="M14 2 26.5 24h-25z" fill="#FFD54A" stroke="#8A5200" stroke-width="1.6" stroke-linejoin="round"/><path d="M14 9v8" stroke="#1A2130" stroke-width="2.6" stroke-linecap="round"/><circle cx="14" cy="20.6" r="1.6" fill="#1A2130"/></svg>',
)}`;

/** Look here: colour alone tells nobody. */
export const WARNING_SIGN = new Icon({ src: TRIANGLE, scale: 1 });
