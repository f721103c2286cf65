import { describe, expect, test } from "vitest";
import { commandOf, type Key } from "./keys";

const key = (name: string, more: Partial<Key> = {}): Key => ({
  key: name,
  code: more.code ?? name,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...more,
});

describe("keys of the grid", () => {
  test("move, and with Shift extend", () => {
    expect(commandOf(key("ArrowDown"))).toEqual({ do: "move", to: "down", extend: false });
    expect(commandOf(key("End", { ctrlKey: true, shiftKey: true }))).toEqual({
      do: "move",
      to: "bottom",
      extend: true,
    });
  });

  test("Enter goes down, Tab across, with Shift back", () => {
    expect(commandOf(key("Enter"))).toEqual({ do: "step", by: 1, across: false });
    expect(commandOf(key("Tab", { shiftKey: true }))).toEqual({ do: "step", by: -1, across: true });
  });

  test("go by their place on a Thai layout", () => {
    expect(commandOf(key("ก", { code: "KeyD", ctrlKey: true }))).toEqual({ do: "fill_down" });
    expect(commandOf(key("ผ", { code: "KeyZ", ctrlKey: true }))).toEqual({ do: "undo" });
    expect(commandOf(key("Z", { code: "KeyZ", metaKey: true, shiftKey: true }))).toEqual({ do: "redo" });
  });

  test("letters begin to type; copying stays with the browser", () => {
    expect(commandOf(key("ก", { code: "KeyD" }))).toEqual({ do: "type" });
    expect(commandOf(key("/", { code: "Slash" }))).toEqual({ do: "type" });
    expect(commandOf(key("c", { code: "KeyC", ctrlKey: true }))).toBeNull();
    expect(commandOf(key("v", { code: "KeyV", ctrlKey: true }))).toBeNull();
    expect(commandOf(key("Shift", { shiftKey: true }))).toBeNull();
  });

  test("columns are widened without a mouse", () => {
    expect(commandOf(key("ArrowRight", { altKey: true, shiftKey: true }))).toEqual({ do: "widen", by: 1 });
    expect(commandOf(key("ArrowRight", { altKey: true }))).toBeNull();
  });

  test("letters of AltGr are left to the browser", () => {
    expect(commandOf(key("€", { code: "KeyE", altKey: true, ctrlKey: true }))).toBeNull();
    expect(commandOf(key("ArrowDown", { altKey: true }))).toEqual({ do: "choices" });
  });
});
