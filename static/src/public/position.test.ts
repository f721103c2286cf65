import { expect, test } from "vitest";
import { coarse } from "./position";

test("a position is sent no finer than the grid", () => {
  expect(coarse(15.98765432, 0.005)).toBe("15.990");
  expect(coarse(102.00123456, 0.005)).toBe("102.000");
  expect(coarse(102.0026, 0.005)).toBe("102.005");
});
