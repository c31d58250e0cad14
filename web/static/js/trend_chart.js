// How many shipments a day, and of which verdict? Stacked bars over two weeks.

import { axis, chart, colour, pointer } from "./charts.js";

const VERDICTS = { consistent: "good", insufficient: "warn", contradicted: "bad", pending: "line-strong" };

const element = document.getElementById("trend-chart");
if (element) {
  const series = JSON.parse(element.dataset.series);
  const words = JSON.parse(element.dataset.words);
  chart(element, () => ({
    animation: false,
    grid: { left: 44, right: 16, top: 44, bottom: 28 },
    legend: { top: 4, right: 8, itemWidth: 12, itemHeight: 12, textStyle: { color: colour("ink"), fontSize: 12 } },
    tooltip: { ...pointer(), axisPointer: { type: "shadow" } },
    xAxis: { type: "category", data: series.days.map((day) => day.slice(5)), ...axis("", { splitLine: { show: false } }) },
    yAxis: { type: "value", minInterval: 1, ...axis(element.dataset.axis, { nameTextStyle: { align: "left", color: colour("muted"), fontSize: 12 } }) },
    series: Object.entries(VERDICTS).map(([verdict, name]) => ({
      name: words[verdict], type: "bar", stack: "day", barMaxWidth: 34, data: series[verdict], itemStyle: { color: colour(name) },
    })),
  }));
}
