import { expect, test } from "vitest";
import { rank } from "./table";

test("the name leads the columns, what nobody asked for follows, the code is last", () => {
  const fields = [
    "code",
    "fiscal_year",
    "chainage_end",
    "budget_baht",
    "name",
    "chainage",
    "tambon",
    "route_code",
  ];
  expect([...fields].sort((a, b) => rank(a) - rank(b))).toEqual([
    "name",
    "route_code",
    "chainage",
    "chainage_end",
    "budget_baht",
    "fiscal_year",
    "tambon",
    "code",
  ]);
});
