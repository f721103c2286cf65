import { describe, expect, it } from "vitest";
import { inOrder, type Photo, placeNote, takenText } from "./state";
import { reasonOf } from "./upload";

const PHOTO: Photo = {
  id: 1,
  stage: null,
  caption: null,
  file_name: "ภาพ.jpg",
  width_px: 640,
  height_px: 480,
  taken_at: "2026-11-20T02:15:00+00:00",
  lon: 101.85,
  lat: 15.9,
  accuracy_m: null,
  distance_m: 35.4,
  far: false,
  created_at: "2026-11-20T03:00:00+00:00",
  created_by: "กองช่าง",
  removed_by: null,
  picture: "/p",
  thumbnail: "/t",
  original: null,
};
const ROAD = { kind: "road" };

describe("where a picture was taken", () => {
  it("is told from the line of a road, else from the work", () => {
    expect(placeNote(PHOTO, ROAD)).toEqual({ text: "ห่างจากแนวโครงการ 35 ม.", tone: "ok" });
    expect(placeNote(PHOTO, { kind: "water" }).text).toBe("ห่างจากตำแหน่งโครงการ 35 ม.");
  });
  it("warns where it is far", () => {
    expect(placeNote({ ...PHOTO, distance_m: 12_340, far: true }, ROAD)).toEqual({
      text: "ห่างจากแนวโครงการ 12.3 กม.",
      tone: "warn",
    });
  });
  it("says what is not known", () => {
    expect(placeNote({ ...PHOTO, lon: null, lat: null, distance_m: null }, ROAD).text).toBe("ไม่มีพิกัดในรูป");
    expect(placeNote({ ...PHOTO, distance_m: null }, ROAD).tone).toBe("none");
    expect(placeNote({ ...PHOTO, distance_m: 0 }, ROAD).text).toBe("ถ่ายที่โครงการ");
  });
});

describe("when it was taken", () => {
  it("is Thai time in Thai form", () => {
    expect(takenText(PHOTO)).toBe("ถ่าย 20 พ.ย. 2569 09:15 น.");
    expect(takenText({ ...PHOTO, taken_at: null })).toBe("ไม่ทราบเวลาถ่าย");
  });
  it("orders the pictures, those without a time last", () => {
    const later = { ...PHOTO, id: 2, taken_at: "2026-11-21T00:00:00+07:00" };
    const never = { ...PHOTO, id: 3, taken_at: null };
    expect(inOrder([never, later, PHOTO]).map((photo) => photo.id)).toEqual([1, 2, 3]);
  });
});

describe("why a picture was refused", () => {
  it("is the first problem with what to do, else the whole", () => {
    expect(reasonOf({ errors: [{ message: "ภาพเสีย", fix: "ส่งใหม่" }] })).toBe("ภาพเสีย · ส่งใหม่");
    expect(reasonOf({ detail: "หมดเวลา" })).toBe("หมดเวลา");
    expect(reasonOf(null)).toContain("ส่งไม่สำเร็จ");
  });
});
