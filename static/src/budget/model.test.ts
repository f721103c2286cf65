import { describe, expect, it } from "vitest";
import {
  addressOf,
  type BudgetRow,
  cleared,
  dataAddress,
  rowsAddress,
  sorted,
  unplacedAddress,
  viewFrom,
} from "./model";
import { classText } from "./numbers";

const search =
  "?level=amphoe&parent=99&measure=per_head&fiscal_year=2568,2569&status=CONTRACTED&selected=9903&sort=-name";

function row(code: string, value: number | null, more: Partial<BudgetRow> = {}): BudgetRow {
  return {
    code,
    name: code,
    budget_baht: value ?? 0,
    disbursed_baht: 0,
    project_count: 1,
    population: null,
    per_head_baht: null,
    value,
    class: null,
    rank: null,
    outside: false,
    drill: null,
    ...more,
  };
}

describe("the address of a view", () => {
  it("comes back as it was written", () => {
    const view = viewFrom(search);
    expect(view.filters.fiscal_year).toEqual(["2568", "2569"]);
    expect(view).toMatchObject({ level: "amphoe", parent: "99", sort: "name", ascending: false });
    expect(addressOf(view)).toBe(`/budget${search}`);
  });

  it("says when every year is meant", () => {
    const view = viewFrom("?level=province&fiscal_year=all");
    expect(view.filters.fiscal_year).toEqual([]);
    expect(addressOf(view)).toBe("/budget?level=province&fiscal_year=all");
    expect(dataAddress(view)).not.toContain("fiscal_year");
  });

  it("ignores what nobody offers", () => {
    expect(viewFrom("?level=planet&measure=weight&sort=colour")).toMatchObject({
      level: "province",
      measure: "budget",
      sort: "rank",
    });
  });
});

describe("clearing the filters", () => {
  it("keeps the years while anything else narrowed", () => {
    const once = cleared(viewFrom(search));
    expect(once.filters).toMatchObject({ fiscal_year: ["2568", "2569"], status: [] });
    expect(cleared(once).filters.fiscal_year).toEqual([]);
  });
});

describe("the rows behind a number", () => {
  const view = viewFrom(search);
  it("carry the filters of the view", () => {
    expect(rowsAddress(view, "9903")).toBe("/projects?area=9903&fiscal_year=2568,2569&status=CONTRACTED");
    expect(rowsAddress(view, null)).toContain("area=99&");
    expect(rowsAddress({ ...view, level: "organisation" }, "D01")).toContain("organisation=D01&area=99&");
  });

  it("of the unplaced are those that no area of the level answers for", () => {
    expect(unplacedAddress(view)).toBe(
      "/projects?area=99&area_missing=amphoe&fiscal_year=2568,2569&status=CONTRACTED",
    );
    expect(unplacedAddress(viewFrom("?level=province"))).toBe("/projects?area_missing=province");
  });
});

describe("the order of the table", () => {
  it("puts unknown values last both ways", () => {
    const rows = [row("a", null), row("b", 1), row("c", 3)];
    expect(sorted(rows, "rank", true).map((r) => r.code)).toEqual(["c", "b", "a"]);
    expect(sorted(rows, "rank", false).map((r) => r.code)).toEqual(["b", "c", "a"]);
  });
});

describe("the legend", () => {
  const classes = [
    { lower: 0, upper: 0, colour: "#FFFFFF", count: 1 },
    { lower: 500_000, upper: 2_500_000, colour: "#F6F1DC", count: 2 },
    { lower: 2_500_000, upper: 10_000_000, colour: "#78B5AC", count: 2 },
    { lower: 10_000_000, upper: null, colour: "#1B2D63", count: 1 },
  ];
  it("writes bounds exactly, open at both ends", () => {
    expect(classes.map((_, n) => classText(classes, n, "budget"))).toEqual([
      "0",
      "ต่ำกว่า 2.5",
      "2.5 – <10",
      "10 ขึ้นไป",
    ]);
  });
  it("ends whole numbers one below the next class", () => {
    const whole = [
      { lower: 1, upper: 20, colour: "", count: 1 },
      { lower: 20, upper: 50, colour: "", count: 1 },
      { lower: 50, upper: null, colour: "", count: 1 },
    ];
    expect(classText(whole, 1, "count")).toBe("20 – 49");
  });
});
