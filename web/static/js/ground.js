// What lies under every map? The city's own roads and waterways, in quiet grey and blue; dark when the system is.

const maplibregl = window.maplibregl;

export const dark = window.matchMedia("(prefers-color-scheme: dark)");

const LIGHT = {
  ground: "#f1f2ee", block: "#e5e8e0", water: "#bfdcea", waterEdge: "#9cc5d8", road: "#ffffff", roadEdge: "#b6bfba",
  label: "#5b6b73", halo: "#ffffff", waterLabel: "#3f7c99",
};
const DARK = {
  ground: "#172027", block: "#1c272f", water: "#17394a", waterEdge: "#235067", road: "#34434e", roadEdge: "#0f171c",
  label: "#a9bac4", halo: "#141c22", waterLabel: "#7fb7d1",
};

export const COLOURS = {
  corridor: "#2f86c9", route: "#6f8ba3", off: "#d11f16", stop: "#f2a93b", gap: "#6b4fb0", seen: "#c2261d", expected: "#12805c",
  reach: "#6b4fb0", moving: "#0b6e8a", standing: "#6d7f8a", silent: "#b06a00",
};

const KINDS = {
  plant: "#0b6e8a", works: "#6a7f2a", site: "#a8481e", transfer: "#4b5fa8", store: "#7a5a2e", depot: "#7d8a92", permitted_stop: "#8d99a0",
};

export const FONT = ["Sludgetrace Sans", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", "system-ui", "sans-serif"];

export function words(element) {
  const known = JSON.parse(element.dataset.words || "{}");
  return (key) => known[key] ?? key;
}

export async function readJson(url) {
  const answer = await fetch(url, { credentials: "same-origin", headers: { Accept: "application/geo+json" } });
  if (!answer.ok) throw new Error(`${answer.status} ${url}`);
  return answer.json();
}

export const nothing = { type: "FeatureCollection", features: [] };

const ofLayer = (...layers) => ["in", ["get", "layer"], ["literal", layers]];
const isArea = ["==", ["geometry-type"], "Polygon"];
const isLine = ["==", ["geometry-type"], "LineString"];
const MAJOR = ["motorway", "trunk", "primary"];
const MIDDLE = ["secondary", "tertiary"];
const byGrade = (major, middle, minor) => ["match", ["get", "grade"], MAJOR, major, MIDDLE, middle, minor];
const graded = (major, middle, minor) => ["interpolate", ["exponential", 1.5], ["zoom"],
  9, byGrade(major / 5, middle / 6, minor / 8), 16, byGrade(major * 1.6, middle * 1.6, minor * 1.6)];
const nameIn = (language) => (language === "en" ? ["coalesce", ["get", "name_en"], ["get", "name"], ""] : ["coalesce", ["get", "name"], ""]);

function baseLayers(c, language) {
  const text = { "text-field": nameIn(language), "text-font": FONT, "text-size": 11 };
  const paint = { "text-color": c.label, "text-halo-color": c.halo, "text-halo-width": 1.4 };
  const line = { "line-cap": "round", "line-join": "round" };
  return [
    { id: "ground", type: "background", paint: { "background-color": c.ground } },
    { id: "blocks", type: "fill", source: "base", filter: ["all", isArea, ofLayer("block", "land")], paint: { "fill-color": c.block } },
    { id: "lakes", type: "fill", source: "base", filter: ["all", isArea, ofLayer("lake", "river", "canal", "water")], paint: { "fill-color": c.water, "fill-outline-color": c.waterEdge } },
    { id: "canals", type: "line", source: "base", filter: ["all", isLine, ofLayer("canal", "river", "water", "lake")], layout: line,
      paint: { "line-color": c.water, "line-width": ["interpolate", ["exponential", 1.5], ["zoom"], 9, ["match", ["get", "layer"], "river", 1.8, 1], 16, ["match", ["get", "layer"], "river", 26, 14]] } },
    { id: "road-edges", type: "line", source: "base", filter: ["all", isLine, ofLayer("road", "bridge")], layout: line,
      paint: { "line-color": c.roadEdge, "line-width": graded(8.5, 6, 3.6) } },
    { id: "roads", type: "line", source: "base", filter: ["all", isLine, ofLayer("road", "bridge")], layout: line,
      paint: { "line-color": c.road, "line-width": graded(6.8, 4.4, 2.2) } },
    { id: "water-names", type: "symbol", source: "base", minzoom: 11, filter: ["all", ["has", "name"], ofLayer("canal", "river", "lake", "water")],
      layout: { ...text, "symbol-placement": "line", "symbol-spacing": 420 }, paint: { ...paint, "text-color": c.waterLabel } },
    { id: "road-names", type: "symbol", source: "base", minzoom: 12.5, filter: ["all", ["has", "name"], isLine, ofLayer("road")],
      layout: { ...text, "symbol-placement": "line", "symbol-spacing": 380 }, paint },
  ];
}

export function placeLayers(source, language, filter = ["==", ["get", "role"], "facility"]) {
  const c = dark.matches ? DARK : LIGHT;
  const colour = ["match", ["get", "kind"], ...Object.entries(KINDS).flat(), "#7d8a92"];
  return [
    { id: `${source}-place-fill`, type: "fill", source, filter, paint: { "fill-color": colour, "fill-opacity": 0.28 } },
    { id: `${source}-place-edge`, type: "line", source, filter, paint: { "line-color": colour, "line-width": 1.6 } },
    { id: `${source}-place-icon`, type: "symbol", source, filter,
      layout: {
        "icon-image": ["concat", "place-", ["get", "kind"]], "icon-size": ["interpolate", ["linear"], ["zoom"], 8, 0.4, 13, 0.55], "icon-allow-overlap": true, "icon-ignore-placement": false,
        "text-field": nameIn(language), "text-font": FONT, "text-size": 12, "text-offset": [0, 1.1], "text-anchor": "top", "text-optional": true, "text-max-width": 9,
        "symbol-sort-key": ["match", ["get", "kind"], "site", 1, "plant", 2, "transfer", 3, "works", 4, 9],
      },
      paint: { "text-color": c.label, "text-halo-color": c.halo, "text-halo-width": 1.6 } },
  ];
}

// Facility marks are drawn here: shape and letter-free sign tell the kind without colour.
const SIGNS = {
  plant: (p) => { p.moveTo(32, 17); p.bezierCurveTo(40, 28, 44, 33, 44, 38); p.arc(32, 38, 12, 0, Math.PI); p.bezierCurveTo(20, 33, 24, 28, 32, 17); },
  site: (p) => { p.moveTo(18, 46); p.lineTo(18, 30); p.lineTo(27, 36); p.lineTo(27, 30); p.lineTo(36, 36); p.lineTo(36, 18); p.lineTo(44, 18); p.lineTo(46, 46); p.closePath(); },
  transfer: (p) => { p.rect(29, 16, 6, 26); p.rect(22, 22, 20, 5); p.moveTo(17, 36); p.quadraticCurveTo(32, 56, 47, 36); p.lineTo(41, 36); p.quadraticCurveTo(32, 46, 23, 36); p.closePath(); },
  works: (p) => { p.moveTo(32, 17); p.lineTo(47, 45); p.lineTo(17, 45); p.closePath(); },
  store: (p) => { p.rect(18, 24, 28, 22); p.moveTo(15, 24); p.lineTo(32, 15); p.lineTo(49, 24); p.closePath(); },
  depot: (p) => { p.rect(18, 26, 18, 15); p.rect(37, 31, 10, 10); },
  permitted_stop: (p) => { p.rect(24, 18, 6, 28); p.arc(33, 26, 8, -Math.PI / 2, Math.PI / 2); p.lineTo(24, 34); },
};

function placeImage(kind) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 64;
  const pen = canvas.getContext("2d");
  pen.beginPath();
  const small = kind === "depot" || kind === "permitted_stop";
  if (kind === "site") pen.roundRect(6, 6, 52, 52, 8);
  else if (kind === "works") { pen.moveTo(32, 2); pen.lineTo(62, 32); pen.lineTo(32, 62); pen.lineTo(2, 32); pen.closePath(); }
  else pen.arc(32, 32, small ? 22 : 27, 0, 2 * Math.PI);
  pen.fillStyle = KINDS[kind];
  pen.fill();
  pen.lineWidth = 4;
  pen.strokeStyle = "#ffffff";
  pen.stroke();
  pen.fillStyle = "#ffffff";
  pen.beginPath();
  SIGNS[kind](pen);
  pen.fill();
  return pen.getImageData(0, 0, 64, 64);
}

export function arrowImage(colour, size = 48) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const pen = canvas.getContext("2d");
  pen.beginPath();
  pen.moveTo(size / 2, size * 0.1);
  pen.lineTo(size * 0.82, size * 0.86);
  pen.lineTo(size / 2, size * 0.66);
  pen.lineTo(size * 0.18, size * 0.86);
  pen.closePath();
  pen.fillStyle = colour;
  pen.fill();
  pen.lineJoin = "round";
  pen.lineWidth = size / 14;
  pen.strokeStyle = "#ffffff";
  pen.stroke();
  return pen.getImageData(0, 0, size, size);
}

export function discImage(fill, edge, dashed = false, size = 48) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const pen = canvas.getContext("2d");
  pen.beginPath();
  pen.arc(size / 2, size / 2, size * 0.34, 0, 2 * Math.PI);
  pen.fillStyle = fill;
  pen.fill();
  if (dashed) pen.setLineDash([size / 8, size / 12]);
  pen.lineWidth = size / 10;
  pen.strokeStyle = edge;
  pen.stroke();
  return pen.getImageData(0, 0, size, size);
}

// A map on `element`, with the base map already asked for. `data-map-idle` says that all of it is drawn.
export async function makeMap(element) {
  maplibregl.setWorkerUrl(element.dataset.worker);
  const say = words(element);
  const language = element.dataset.language;
  const base = readJson(element.dataset.basemap).catch(() => nothing);
  await document.fonts.load("12px 'Sludgetrace Sans'", "污泥").catch(() => []); // labels are drawn once, with what is there
  const map = new maplibregl.Map({
    container: element,
    style: { version: 8, sources: { base: { type: "geojson", data: nothing } }, layers: baseLayers(dark.matches ? DARK : LIGHT, language) },
    center: [116.4, 35], zoom: 3, maxZoom: 18, attributionControl: false, dragRotate: false, pitchWithRotate: false, fadeDuration: 0,
    cooperativeGestures: false,
    locale: {
      "NavigationControl.ZoomIn": say("zoom_in"), "NavigationControl.ZoomOut": say("zoom_out"), "NavigationControl.ResetBearing": say("north"),
      "FullscreenControl.Enter": say("fullscreen"), "FullscreenControl.Exit": say("leave_fullscreen"), "Map.Title": element.getAttribute("aria-label") || "",
    },
  });
  element.map = map; // for tests, and for a curious inspector's console
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new maplibregl.FullscreenControl(), "top-right");
  map.addControl(new maplibregl.ScaleControl({ unit: "metric" }), "bottom-left");
  await new Promise((resolve) => map.once("load", resolve));
  for (const kind of Object.keys(KINDS)) map.addImage(`place-${kind}`, placeImage(kind), { pixelRatio: 1 });
  const features = await base;
  map.getSource("base").setData(features);
  return { map, say, language, base: features };
}

export function settled(element, map) {
  map.once("idle", () => { element.dataset.mapIdle = "true"; });
  map.triggerRepaint();
}

export function failed(element, say, error) {
  console.error(error);
  const note = document.createElement("p");
  note.className = "failed";
  note.setAttribute("role", "alert");
  note.textContent = say("failed");
  element.append(note);
}

export function extent(features, take = () => true) {
  const bounds = new maplibregl.LngLatBounds();
  const walk = (part) => (typeof part[0] === "number" ? bounds.extend(part) : part.forEach(walk));
  for (const one of features) if (take(one.properties)) walk(one.geometry.coordinates);
  return bounds.isEmpty() ? null : bounds;
}

// The same bounds with a share of their size added on each side, so that what lies around is seen too.
export function around(bounds, share) {
  if (!bounds) return null;
  const [[west, south], [east, north]] = bounds.toArray();
  const [lon, lat] = [(east - west) * share, (north - south) * share];
  return new maplibregl.LngLatBounds([west - lon, south - lat], [east + lon, north + lat]);
}

export function show(map, bounds, padding = 48) {
  if (bounds) map.fitBounds(bounds, { padding, maxZoom: 15.5, duration: 0 });
}

// Text for a popup, built of elements: nothing that came from outside is ever read as HTML.
export function leaf(title, lines, link) {
  const box = document.createElement("div");
  const head = document.createElement("strong");
  head.textContent = title;
  box.append(head);
  for (const line of lines.filter(Boolean)) {
    const row = document.createElement("div");
    row.textContent = line;
    box.append(row);
  }
  if (link) {
    const anchor = document.createElement("a");
    anchor.href = link.href;
    anchor.textContent = link.text;
    box.append(anchor);
  }
  return box;
}

export function clock(ms, timezone, seconds = true) {
  const parts = { timeZone: timezone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  if (seconds) parts.second = "2-digit";
  return new Intl.DateTimeFormat("sv-SE", parts).format(new Date(ms));
}

export function span(seconds, say) {
  const whole = Math.round(seconds);
  const parts = [[Math.floor(whole / 3600), "hours"], [Math.floor((whole % 3600) / 60), "minutes"], [whole % 60, "seconds"]];
  const told = parts.filter(([count]) => count > 0).slice(0, 2);
  return (told.length ? told : [parts[2]]).map(([count, unit]) => `${count} ${say(unit)}`).join(" ");
}

export const metres = (value) => (value < 1000 ? `${Math.round(value)} m` : `${(value / 1000).toFixed(1)} km`);
