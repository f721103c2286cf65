/** Bars in the colours of the map's classes, a mark where money has been paid, a line at the average. */

import { BarChart, CustomChart } from "echarts/charts";
import { GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { type ECharts, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import type { Budget, BudgetRow } from "./model";
import { colourOf, isMoney, short } from "./numbers";
import { t } from "./texts";

use([BarChart, CustomChart, GridComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

/** More bars than this cannot be told apart; the table has them all. */
export const MOST_BARS = 30;

const INK = "#1A2130";
const HINT = "#5E687C";

/** Rows that get a bar: the largest ones, in the order of their rank. */
export function charted(data: Budget): BudgetRow[] {
  return data.rows.filter((row) => row.value !== null).slice(0, MOST_BARS);
}

/** What of a row's bar has been paid, in the bar's own measure; a count has no such part. */
export function paidPart(row: BudgetRow, data: Budget): number | null {
  if (data.measure === "budget") return row.disbursed_baht;
  if (data.measure === "per_head" && row.population) return row.disbursed_baht / row.population;
  return null;
}

export class BudgetChart {
  private readonly chart: ECharts;
  private rows: BudgetRow[] = [];

  constructor(target: HTMLElement, select: (code: string) => void) {
    this.chart = init(target, null, { renderer: "svg" });
    this.chart.on("click", (event) => {
      const row = this.rows[event.dataIndex ?? -1];
      if (row) select(row.code);
    });
    new ResizeObserver(() => this.chart.resize()).observe(target);
  }

  show(data: Budget, selected: string | null): void {
    this.rows = charted(data);
    const label = (value: number): string => short(value, data.measure);
    const text = { fontFamily: "Sarabun, sans-serif", fontSize: 12, color: HINT };
    this.chart.setOption(
      {
        animation: false,
        grid: { left: 44, right: 8, top: 10, bottom: 24 },
        tooltip: {
          trigger: "item",
          textStyle: { fontFamily: "Sarabun, sans-serif", fontSize: 13, color: INK },
          formatter: ({ dataIndex }: { dataIndex: number }) => {
            const row = this.rows[dataIndex];
            const box = document.createElement("span");
            box.textContent = row ? `${row.name} ${label(row.value ?? 0)} ${t(`unit_${data.measure}`)}` : "";
            return box;
          },
        },
        xAxis: {
          type: "category",
          data: this.rows.map((row) => String(row.rank)),
          axisTick: { show: false },
          axisLine: { lineStyle: { color: "#7F889C" } },
          axisLabel: {
            ...text,
            interval: this.rows.length > 20 ? "auto" : 0,
            formatter: (rank: string, index: number) =>
              this.rows[index]?.code === selected ? `{chosen|${rank}}` : rank,
            rich: { chosen: { ...text, color: INK, fontWeight: 700 } },
          },
        },
        yAxis: {
          type: "value",
          splitNumber: 4,
          minInterval: isMoney(data.measure) ? 0 : 1,
          axisLabel: { ...text, formatter: (value: number) => label(value).replace(/\.0$/, "") },
          splitLine: { lineStyle: { color: "#E3E6EE" } },
        },
        series: [
          {
            type: "bar",
            barCategoryGap: "14%",
            data: this.rows.map((row) => ({
              value: row.value ?? 0,
              itemStyle: {
                color: colourOf(row, data.classes) ?? "#FFFFFF",
                borderColor: row.code === selected ? INK : "#7F889C",
                borderWidth: row.code === selected ? 2.6 : 0.6,
              },
            })),
            markLine: this.average(data, label),
          },
          {
            type: "custom",
            z: 5,
            silent: true,
            data: this.rows.map((row, index) => [index, paidPart(row, data)]),
            renderItem: this.mark,
          },
        ],
      },
      true,
    );
  }

  private average(data: Budget, label: (value: number) => string): object {
    if (data.average === null || this.rows.length < 2) return { data: [] };
    return {
      silent: true,
      symbol: "none",
      lineStyle: { color: "#B3261E", type: [5, 4], width: 1.3 },
      label: {
        position: "insideEndTop",
        formatter: t("average", { value: label(data.average) }),
        color: "#B3261E",
        fontFamily: "Sarabun, sans-serif",
        fontSize: 12,
        fontWeight: 600,
        textBorderColor: "#FFFFFF",
        textBorderWidth: 3,
      },
      data: [{ yAxis: data.average }],
    };
  }

  /** A dark stroke with a white edge across the bar, at the height of what has been paid. */
  private readonly mark = (
    _: unknown,
    api: {
      value(dimension: number): number;
      coord(point: number[]): number[];
      size(extent: number[]): number[];
    },
  ): object | undefined => {
    const paid = api.value(1);
    if (!Number.isFinite(paid) || paid <= 0) return undefined;
    const [x = 0, y = 0] = api.coord([api.value(0), paid]);
    const half = ((api.size([1, 0])[0] ?? 20) * 0.86) / 2;
    return {
      type: "group",
      children: [
        {
          type: "rect",
          shape: { x: x - half, y: y - 2, width: half * 2, height: 4 },
          style: { fill: "#FFFFFF" },
        },
        { type: "rect", shape: { x: x - half, y: y - 1, width: half * 2, height: 2 }, style: { fill: INK } },
      ],
    };
  };
}
