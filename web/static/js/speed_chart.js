// How fast was it when? Speed over time, with the silences left open and the marks of findings as bands.

import { axis, chart, colour, pointer } from "./charts.js";
import { clock, readJson } from "./ground.js";

const BANDS = { off_route_part: "#d11f16", stop: "#f2a93b", gap: "#6b4fb0" };

function points(facts) {
  const tracks = facts.features.filter((one) => one.properties.role === "track" && one.geometry.type === "LineString");
  tracks.sort((a, b) => a.properties.times_ms[0] - b.properties.times_ms[0]);
  return tracks.flatMap(({ properties: known }) => [
    ...known.times_ms.map((ms, index) => [ms, known.speeds_kmh[index]]), [known.times_ms.at(-1) + 1, null],
  ]);
}

function bands(facts, say) {
  return facts.features.filter((one) => one.properties.role in BANDS && one.properties.end_ms > one.properties.start_ms).map(({ properties: known }) => [
    { xAxis: known.start_ms, itemStyle: { color: BANDS[known.role], opacity: 0.16 }, name: say(`role.${known.role}`), label: { color: colour("muted"), fontSize: 11, position: "insideTop" } },
    { xAxis: known.end_ms },
  ]);
}

async function draw(element) {
  const known = JSON.parse(element.dataset.words);
  const say = (key) => known[key] ?? key;
  const facts = await readJson(element.dataset.source);
  const speeds = points(facts);
  if (!speeds.length) {
    const note = document.createElement("p");
    note.className = "none";
    note.textContent = element.dataset.empty;
    element.replaceChildren(note);
    return;
  }
  const zone = element.dataset.timezone;
  chart(element, () => ({
    animation: false,
    grid: { left: 48, right: 16, top: 36, bottom: 28 },
    tooltip: { ...pointer(), formatter: ([one]) => `${clock(one.value[0], zone)}\n${one.value[1] === null ? "—" : `${Math.round(one.value[1])} km/h`}` },
    xAxis: { type: "time", ...axis("", { splitLine: { show: false } }), axisLabel: { color: colour("muted"), hideOverlap: true, formatter: (ms) => clock(ms, zone, false).slice(11) } },
    yAxis: { type: "value", min: 0, ...axis(element.dataset.axis, { nameTextStyle: { align: "left", color: colour("muted"), fontSize: 12 } }) },
    series: [{
      type: "line", data: speeds, showSymbol: false, connectNulls: false, lineStyle: { color: colour("accent"), width: 1.6 }, itemStyle: { color: colour("accent") },
      areaStyle: { color: colour("accent"), opacity: 0.1 }, markArea: { silent: true, data: bands(facts, say) },
    }],
  }));
}

for (const element of document.querySelectorAll(".chart.speed")) draw(element);
