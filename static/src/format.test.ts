import { describe, expect, it } from "vitest";
import {
  arabicDigits,
  decimal,
  distance,
  dms,
  fiscalYear,
  metres,
  money,
  moneyShort,
  raiNganWa,
  raiText,
  raiWords,
  shortOrganisation,
  signedPercent,
  thaiDate,
  thaiMoment,
  thaiTime,
} from "./format";

describe("numbers", () => {
  it("writes nothing as a dash and zero as zero", () => {
    expect(decimal(null)).toBe("–");
    expect(money(undefined)).toBe("–");
    expect(decimal(0)).toBe("0");
    expect(metres("")).toBe("–");
  });
  it("uses a real minus and never a minus zero", () => {
    expect(decimal(-21.84, 1)).toBe("−21.8");
    expect(decimal(-0.04, 1)).toBe("0.0");
    expect(signedPercent(0.31)).toBe("+0.3 %");
    expect(signedPercent(-21.8)).toBe("−21.8 %");
    expect(signedPercent(0)).toBe("0.0 %");
  });
  it("shortens money from a million up", () => {
    expect(moneyShort(4_850_000, 2)).toBe("4.85 ล้าน");
    expect(moneyShort(498_000)).toBe("498,000");
    expect(money("1234567.5", 2)).toBe("1,234,567.50 บาท");
  });
  it("reads Thai digits", () => {
    expect(arabicDigits("๑๗๔๕ เมตร")).toBe("1745 เมตร");
  });
  it("writes distances", () => {
    expect(distance(54.12)).toBe("54.1 ม.");
    expect(distance(1612.3)).toBe("1,612 ม.");
    expect(distance(12_340)).toBe("12.3 กม.");
  });
});

describe("names", () => {
  it("shortens what organisations are called", () => {
    expect(shortOrganisation("องค์การบริหารส่วนตำบลหนองสาธิต")).toBe("อบต.หนองสาธิต");
    expect(shortOrganisation("เมืองพัทยา")).toBe("เมืองพัทยา");
  });
});

describe("areas", () => {
  it("splits rai, ngan and square wa", () => {
    expect(raiNganWa(1600)).toEqual({ rai: 1, ngan: 0, wa: 0 });
    expect(raiNganWa(10_560)).toEqual({ rai: 6, ngan: 2, wa: 40 });
    expect(raiText(10_560)).toBe("6-2-40 ไร่");
    expect(raiWords(402)).toBe("0 ไร่ 1 งาน 0.5 ตร.วา");
  });
  it("carries a rounded square wa into the next ngan", () => {
    expect(raiNganWa(1599.99)).toEqual({ rai: 1, ngan: 0, wa: 0 });
  });
});

describe("dates", () => {
  const evening = new Date("2026-11-20T07:32:00Z");
  it("writes the Buddhist year and Thai time", () => {
    expect(thaiDate(evening)).toBe("20 พ.ย. 2569");
    expect(thaiTime(evening)).toBe("14:32 น.");
    expect(fiscalYear(2570)).toBe("ปีงบ 2570");
  });
  it("leaves today's date out", () => {
    expect(thaiMoment(evening, new Date("2026-11-20T09:00:00Z"))).toBe("14:32 น.");
    expect(thaiMoment(evening, new Date("2026-11-21T09:00:00Z"))).toBe("20 พ.ย. 2569 14:32 น.");
  });
});

describe("degrees", () => {
  it("carries seconds into minutes and degrees", () => {
    expect(dms(15.902169, "lat")).toBe("15°54′07.81″ น.");
    expect(dms(101.99999999, "lon")).toBe("102°00′00.00″ อ.");
  });
});
