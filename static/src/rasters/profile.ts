/** Heights along a road: one line over a filled ground; pointing at it shows the place on the map. */

import { LineChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { decimal } from "../format";
import type { ProfileLine, ProfilePoint } from "./model";
import { t } from "./texts";

use([LineChart, GridComponent, TooltipComponent, SVGRenderer]);

const TEXT = { fontFamily: "Sarabun, sans-serif", fontSize: 12, color: "#5E687C" };

export function showProfile(
  target: HTMLElement,
  line: ProfileLine,
  point: (at: ProfilePoint | null) => void,
): void {
  const chart = init(target, null, { renderer: "svg" });
  new ResizeObserver(() => chart.resize()).observe(target);
  chart.setOption({
    animation: false,
    grid: { left: 48, right: 16, top: 24, bottom: 40 },
    tooltip: {
      trigger: "axis",
      textStyle: { fontFamily: "Sarabun, sans-serif", fontSize: 13, color: "#1A2130" },
      formatter: ([first]: { dataIndex: number }[]) => {
        const at = line.points[first?.dataIndex ?? -1];
        point(at ?? null);
        const box = document.createElement("span");
        if (at)
          box.textContent = `${decimal(at.distance_m / 1000, 2)} · ${at.elevation_m === null ? "–" : decimal(at.elevation_m, 1)} · ${t("slope", { value: at.slope_percent === null ? "–" : decimal(at.slope_percent, 1) })}`;
        return box;
      },
    },
    xAxis: {
      type: "value",
      max: line.length_m / 1000,
      name: t("distance"),
      nameLocation: "middle",
      nameGap: 24,
      nameTextStyle: TEXT,
      axisLabel: { ...TEXT, showMaxLabel: false },
      splitLine: { show: false },
    },
    yAxis: {
      type: "value",
      scale: true,
      name: t("height"),
      nameTextStyle: { ...TEXT, align: "left" },
      axisLabel: TEXT,
      splitNumber: 4,
      splitLine: { lineStyle: { color: "#E3E6EE" } },
    },
    series: [
      {
        type: "line",
        showSymbol: false,
        data: line.points.map(({ distance_m, elevation_m }) => [distance_m / 1000, elevation_m]),
        lineStyle: { color: "#2F4B9C", width: 2 },
        itemStyle: { color: "#2F4B9C" },
        areaStyle: { color: "rgb(47 75 156 / 14%)", origin: "start" },
      },
    ],
  });
  chart.getZr().on("globalout", () => point(null));
}
