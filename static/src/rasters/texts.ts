/** Words of the pages of rasters. */

import { translator } from "../i18n";

export const t = translator({
  value: ["ค่า {value} ที่ {lat}, {lon}", "Value {value} at {lat}, {lon}"],
  nothing: ["ไม่มีข้อมูลที่ {lat}, {lon}", "No data at {lat}, {lon}"],
  catchment_here: ["หาพื้นที่รับน้ำของจุดนี้", "Catchment of this place"],
  distance: ["ระยะทาง (กม.)", "Distance (km)"],
  height: ["ความสูง (ม.)", "Height (m)"],
  slope: ["ความชัน {value} %", "Slope {value} %"],
  failed: ["อ่านค่าไม่ได้ ลองใหม่ได้", "The value cannot be read; try again"],
} as const);
