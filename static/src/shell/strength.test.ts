import { describe, expect, it } from "vitest";
import { strength } from "./strength";

describe("strength of a new password", () => {
  it.each([
    ["short", 0],
    ["aaaaaaaaaaaaaaa", 1],
    ["Password2570!!", 1],
    ["engineer.one1234", 1],
    ["ฝนตกที่หนอง", 0],
    ["ฝนตกที่หนองสาธิต", 2],
    ["โต๊ะไม้ แมวส้ม ทางลูกรัง", 3],
  ])("%s is %i", (password, level) => {
    expect(strength(password, "engineer.one")).toBe(level);
  });
});
