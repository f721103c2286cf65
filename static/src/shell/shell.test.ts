import { describe, expect, test } from "vitest";
import { meaning } from "./keyboard";
import { countdown } from "./maintenance";
import { withFiscalYear } from "./menus";
import { standing } from "./session";

const key = (code: string, more: Partial<KeyboardEvent> = {}) => ({
  code,
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  ...more,
});

describe("the countdown to a maintenance window", () => {
  test.each([
    [3_601, ""],
    [3_600, "เริ่มในอีก 60 นาที บันทึกงานก่อน"],
    [299, "เริ่มในอีก 4:59 นาที บันทึกงานก่อน"],
    [5, "เริ่มในอีก 0:05 นาที บันทึกงานก่อน"],
    [0, ""],
  ])("%i seconds before", (left, words) => {
    expect(countdown(1_000_000 + left * 1000, 1_000_000)).toBe(words);
  });
});

describe("keys of every page", () => {
  test("go by their place, so that a Thai layout works", () => {
    expect(meaning(key("Slash"))).toBe("search");
    expect(meaning(key("Slash", { shiftKey: true }))).toBe("keys");
    expect(meaning(key("KeyG"))).toBe("go");
  });

  test("leave the browser's own keys alone", () => {
    expect(meaning(key("KeyG", { ctrlKey: true }))).toBeNull();
    expect(meaning(key("KeyA"))).toBeNull();
  });
});

describe("fiscal year of the address", () => {
  test("changes in place and leaves other filters", () => {
    expect(withFiscalYear("http://localhost/projects?q=ถนน&cursor=abc&fiscal_year=2569", "2570")).toBe(
      "/projects?q=%E0%B8%96%E0%B8%99%E0%B8%99&fiscal_year=2570",
    );
    expect(withFiscalYear("http://localhost/budget?fiscal_year=2569", "")).toBe("/budget");
  });
});

describe("session", () => {
  const hours = (n: number): number => n * 3_600_000;

  test("warns five minutes before its end", () => {
    expect(standing(0, hours(11), 43_200, 300).state).toBe("fine");
    expect(standing(0, hours(12) - 299_000, 43_200, 300)).toEqual({ state: "soon", minutes: 5 });
    expect(standing(0, hours(12), 43_200, 300).state).toBe("over");
  });
});
