// Where did it go? A track coloured by time, the approved corridor, stops, silences and the marks of findings.

import { COLOURS, around, arrowImage, clock, discImage, extent, failed, leaf, makeMap, metres, nothing, placeLayers, readJson, settled, show, span, words } from "./ground.js";

const role = (...names) => ["in", ["get", "role"], ["literal", names]];
const round = { "line-cap": "round", "line-join": "round" };
const EARLY_TO_LATE = ["interpolate", ["linear"], ["get", "part"], 0, "#6a3d9a", 0.5, "#2a6fb5", 1, "#0f8f83"];

const LAYERS = [
  { id: "corridor", type: "fill", source: "facts", filter: role("corridor"), paint: { "fill-color": COLOURS.corridor, "fill-opacity": 0.18 } },
  { id: "corridor-edge", type: "line", source: "facts", filter: role("corridor"), paint: { "line-color": COLOURS.corridor, "line-opacity": 0.45, "line-width": 1 } },
  { id: "reach", type: "fill", source: "facts", filter: ["all", role("reach"), ["==", ["geometry-type"], "Polygon"]], paint: { "fill-color": COLOURS.reach, "fill-opacity": 0.12 } },
  { id: "reach-edge", type: "line", source: "facts", filter: role("reach"), paint: { "line-color": COLOURS.reach, "line-dasharray": [2, 2], "line-width": 1.4 } },
  { id: "track-halo", type: "line", source: "steps", layout: round, paint: { "line-color": "#ffffff", "line-width": 6, "line-opacity": 0.9 } },
  { id: "track", type: "line", source: "steps", layout: round, paint: { "line-color": EARLY_TO_LATE, "line-width": 3.6 } },
  { id: "off-route", type: "line", source: "facts", filter: role("off_route_part"), layout: round, paint: { "line-color": COLOURS.off, "line-width": 7, "line-opacity": 0.85 } },
  { id: "gap", type: "line", source: "facts", filter: role("gap", "jump"), paint: { "line-color": COLOURS.gap, "line-width": 3, "line-dasharray": [1.5, 1.5] } },
  { id: "track-arrows", type: "symbol", source: "steps",
    layout: { "symbol-placement": "line", "symbol-spacing": 70, "icon-image": "arrow", "icon-size": 0.42, "icon-rotate": 90, "icon-allow-overlap": true } },
  { id: "stop", type: "circle", source: "facts", filter: ["all", role("stop"), ["==", ["geometry-type"], "Point"]],
    paint: { "circle-color": COLOURS.stop, "circle-opacity": 0.85, "circle-stroke-color": "#7a4a00", "circle-stroke-width": 1.6,
      "circle-radius": ["interpolate", ["linear"], ["get", "minutes"], 0, 6, 15, 10, 60, 17, 240, 26] } },
  { id: "seen", type: "circle", source: "facts", filter: ["all", role("seen", "expected", "gap", "jump", "off_route_part"), ["==", ["geometry-type"], "Point"]],
    paint: { "circle-color": ["match", ["get", "role"], "expected", COLOURS.expected, COLOURS.seen], "circle-radius": 7, "circle-stroke-color": "#ffffff", "circle-stroke-width": 2 } },
  { id: "place", type: "circle", source: "facts", filter: role("place"), paint: { "circle-color": "rgba(0,0,0,0)", "circle-radius": 15, "circle-stroke-color": COLOURS.off, "circle-stroke-width": 3 } },
];

const FIXES = { id: "fixes", type: "circle", source: "fixes", minzoom: 12, paint: { "circle-radius": ["interpolate", ["linear"], ["zoom"], 12, 2, 16, 4.5], "circle-color": "#ffffff", "circle-stroke-color": EARLY_TO_LATE, "circle-stroke-width": 1.6 } };
const NOW = { id: "now", type: "symbol", source: "now", layout: { "icon-image": "now", "icon-size": 0.7, "icon-allow-overlap": true, "icon-rotate": ["get", "course"], "icon-rotation-alignment": "map" } };

const tracks = (facts) => facts.features.filter((one) => one.properties.role === "track" && one.geometry.type === "LineString");

// Every fix of every track, in time order.
function fixesOf(facts) {
  const fixes = [];
  for (const one of tracks(facts)) {
    one.geometry.coordinates.forEach((at, index) => fixes.push({
      at, ms: one.properties.times_ms[index], speed: one.properties.speeds_kmh?.[index], beside: one.properties.from_route_m?.[index], vehicle: one.properties.vehicle,
    }));
  }
  return fixes.sort((a, b) => a.ms - b.ms);
}

const line = (coordinates, properties) => ({ type: "Feature", properties, geometry: { type: "LineString", coordinates } });
const point = (at, properties) => ({ type: "Feature", properties, geometry: { type: "Point", coordinates: at } });

// The tracks cut into stretches of a colour, up to the moment `until`.
function steps(facts, first, last, until) {
  const features = [];
  const share = (ms) => (last > first ? (ms - first) / (last - first) : 0);
  for (const one of tracks(facts)) {
    const { times_ms: times } = one.properties;
    const length = Math.max(2, Math.ceil(times.length / 60));
    for (let start = 0; start < times.length - 1 && times[start] < until; start += length - 1) {
      let end = Math.min(start + length, times.length);
      while (end - 1 > start && times[end - 1] > until) end -= 1;
      if (end - start > 1) features.push(line(one.geometry.coordinates.slice(start, end), { part: share(times[start]) }));
    }
  }
  return { type: "FeatureCollection", features };
}

function bearing([lon1, lat1], [lon2, lat2]) {
  const x = (lon2 - lon1) * Math.cos((lat1 * Math.PI) / 180);
  return (Math.atan2(x, lat2 - lat1) * 180) / Math.PI;
}

function fixLines(fix, say, timezone) {
  return [
    clock(fix.ms, timezone),
    fix.speed === null || fix.speed === undefined ? null : `${say("speed")} ${Math.round(fix.speed)} km/h`,
    fix.beside === null || fix.beside === undefined ? null : `${metres(fix.beside)} ${say("from_route")}`,
  ];
}

function markLines(known, say, timezone) {
  const times = known.start_ms ? [`${clock(known.start_ms, timezone)} –`, clock(known.end_ms ?? known.start_ms, timezone)] : [];
  const lasted = known.start_ms && known.end_ms > known.start_ms ? `${say("lasted")} ${span((known.end_ms - known.start_ms) / 1000, say)}` : null;
  return [known.kind ? say(`finding.${known.kind}`) : null, ...times, lasted];
}

function listen(map, element, say, fixes) {
  const timezone = element.dataset.timezone;
  const leafAt = (at, title, lines) => new window.maplibregl.Popup({ maxWidth: "260px" }).setLngLat(at).setDOMContent(leaf(title, lines)).addTo(map);
  const nearest = (at) => fixes.reduce((best, fix) => {
    const far = (fix.at[0] - at.lng) ** 2 + (fix.at[1] - at.lat) ** 2;
    return far < best.far ? { far, fix } : best;
  }, { far: Infinity, fix: null }).fix;
  map.on("click", (event) => {
    const box = [[event.point.x - 6, event.point.y - 6], [event.point.x + 6, event.point.y + 6]];
    const marks = map.queryRenderedFeatures(box, { layers: ["place", "stop", "seen", "gap", "reach", "off-route"].filter((id) => map.getLayer(id)) });
    if (marks.length && marks[0].layer.id !== "off-route") {
      leafAt(event.lngLat, say(`role.${marks[0].properties.role}`), markLines(marks[0].properties, say, timezone));
      return;
    }
    if (!map.queryRenderedFeatures(box, { layers: ["track", "off-route"] }).length) return;
    const fix = nearest(event.lngLat);
    if (fix) leafAt(fix.at, fix.vehicle, fixLines(fix, say, timezone));
  });
  for (const layer of ["track", "stop", "seen", "gap", "place", "off-route"]) {
    map.on("mouseenter", layer, () => { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; });
  }
}

function slide(map, element, say, facts, fixes) {
  const slider = element.parentElement.querySelector(".slider");
  if (!slider || fixes.length < 2) return;
  const [range, output, play] = [slider.querySelector("input"), slider.querySelector("output"), slider.querySelector("[data-play]")];
  const [first, last] = [fixes[0].ms, fixes.at(-1).ms];
  const to = (part) => {
    const until = first + (last - first) * part;
    let index = fixes.findIndex((fix) => fix.ms > until);
    index = Math.max(0, (index < 0 ? fixes.length : index) - 1);
    const fix = fixes[index];
    const next = fixes[Math.min(index + 1, fixes.length - 1)];
    map.getSource("steps").setData(steps(facts, first, last, until));
    map.getSource("now").setData(point(fix.at, { course: next === fix ? bearing(fixes[Math.max(0, index - 1)].at, fix.at) : bearing(fix.at, next.at) }));
    output.textContent = fixLines(fix, say, element.dataset.timezone).filter(Boolean).join(" · ");
  };
  let running = null;
  const stop = () => { cancelAnimationFrame(running); running = null; play.textContent = say("replay"); play.setAttribute("aria-pressed", "false"); };
  play.addEventListener("click", () => {
    if (running) { stop(); return; }
    if (Number(range.value) >= Number(range.max)) range.value = 0;
    play.textContent = say("pause");
    play.setAttribute("aria-pressed", "true");
    let before = performance.now();
    const frame = (at) => {
      range.value = Number(range.value) + ((at - before) / 12000) * Number(range.max);
      before = at;
      to(range.value / range.max);
      if (Number(range.value) >= Number(range.max)) stop();
      else running = requestAnimationFrame(frame);
    };
    running = requestAnimationFrame(frame);
  });
  range.addEventListener("input", () => to(range.value / range.max));
  slider.hidden = false;
  to(1);
}

async function draw(element) {
  const { map, say, language, base } = await makeMap(element);
  const facts = await readJson(element.dataset.source);
  for (const one of facts.features) {
    const known = one.properties;
    if (known.start_ms && known.end_ms) known.minutes = (known.end_ms - known.start_ms) / 60000;
  }
  const fixes = fixesOf(facts);
  const [first, last] = [fixes[0]?.ms ?? 0, fixes.at(-1)?.ms ?? 0];
  map.addImage("arrow", arrowImage("#1d3f5e"));
  map.addImage("now", arrowImage("#0b3d4a"));
  map.addImage("dot", discImage("#ffffff", "#0b3d4a"));
  map.addSource("facts", { type: "geojson", data: facts });
  map.addSource("steps", { type: "geojson", data: steps(facts, first, last, last) });
  map.addSource("fixes", { type: "geojson", data: { type: "FeatureCollection", features: fixes.map((fix) => point(fix.at, { part: last > first ? (fix.ms - first) / (last - first) : 0 })) } });
  map.addSource("now", { type: "geojson", data: nothing });
  for (const layer of [...LAYERS.slice(0, 4), ...placeLayers("facts", language), ...LAYERS.slice(4, 8), FIXES, ...LAYERS.slice(8), NOW]) map.addLayer(layer);
  const marked = extent(facts.features, (known) => "finding" in known);
  const whole = extent(facts.features, (known) => ["track", "corridor"].includes(known.role)) || extent(facts.features, (known) => known.role !== "reach");
  show(map, element.dataset.focus === "finding" ? around(marked, 0.6) || whole : whole || extent(base.features));
  listen(map, element, say, fixes);
  slide(map, element, say, facts, fixes);
  settled(element, map);
}

for (const element of document.querySelectorAll('[data-map="track"]')) {
  draw(element).catch((error) => failed(element, words(element), error));
}
