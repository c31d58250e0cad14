// Where is every vehicle now? Places, approved routes and positions that are asked for again every few seconds.

import { COLOURS, FONT, arrowImage, clock, discImage, extent, failed, leaf, makeMap, nothing, placeLayers, readJson, settled, show, words } from "./ground.js";

const EVERY_MS = 15000;

const ROUTE = {
  id: "routes", type: "line", source: "network", filter: ["==", ["get", "role"], "route"], layout: { "line-cap": "round", "line-join": "round" },
  paint: { "line-color": COLOURS.route, "line-width": ["interpolate", ["linear"], ["zoom"], 8, 1.4, 14, 3], "line-opacity": 0.75, "line-dasharray": [3, 1.6] },
};

const VEHICLES = [
  { id: "alarms", type: "circle", source: "vehicles", filter: [">", ["get", "findings"], 0],
    paint: { "circle-radius": 14, "circle-color": "#ffffff", "circle-opacity": 0.35, "circle-stroke-width": 3, "circle-stroke-color": COLOURS.off } },
  { id: "vehicles", type: "symbol", source: "vehicles",
    layout: {
      "icon-image": ["concat", "vehicle-", ["get", "state"]], "icon-size": 0.5, "icon-allow-overlap": true,
      "icon-rotate": ["case", ["==", ["get", "state"], "moving"], ["coalesce", ["get", "course_deg"], 0], 0], "icon-rotation-alignment": "map",
      "text-field": ["get", "name"], "text-font": FONT,
      "text-size": 11, "text-offset": [0, -1.5], "text-optional": true,
    },
    paint: { "text-color": "#16232c", "text-halo-color": "#ffffff", "text-halo-width": 1.6 } },
];

function popup(map, element, say, feature) {
  const known = feature.properties;
  const speed = known.speed_kmh === undefined ? null : `${say("speed")} ${Math.round(known.speed_kmh)} km/h`;
  const lines = [
    `${say(known.state)} · ${clock(known.time_ms, element.dataset.timezone || "Asia/Shanghai")}`, speed,
    known.manifest ? `${say("load")} ${known.manifest} → ${known.destination}` : null,
    known.findings > 0 ? `${say("findings")} ${known.findings}` : null,
  ];
  const href = element.dataset.vehicleUrl.replace("CODE", encodeURIComponent(known.code));
  new window.maplibregl.Popup({ maxWidth: "280px" })
    .setLngLat(feature.geometry.coordinates).setDOMContent(leaf(known.name, lines, { href, text: say("open") })).addTo(map);
}

async function draw(element) {
  const { map, say, language, base } = await makeMap(element);
  const [network, positions] = await Promise.all([readJson(element.dataset.network), readJson(element.dataset.source)]);
  map.addImage("vehicle-moving", arrowImage(COLOURS.moving));
  map.addImage("vehicle-standing", discImage(COLOURS.standing, "#ffffff"));
  map.addImage("vehicle-silent", discImage("#ffffff", COLOURS.silent, true));
  map.addSource("network", { type: "geojson", data: network });
  map.addSource("vehicles", { type: "geojson", data: positions });
  for (const layer of [ROUTE, ...placeLayers("network", language), ...VEHICLES]) map.addLayer(layer);
  const focus = element.dataset.focus;
  const wanted = focus ? extent(network.features, (known) => known.code === focus) : extent([...network.features, ...positions.features]);
  show(map, wanted || extent(base.features), focus ? 120 : 36);
  map.on("click", "vehicles", (event) => popup(map, element, say, event.features[0]));
  for (const layer of ["vehicles"]) {
    map.on("mouseenter", layer, () => { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; });
  }
  settled(element, map);
  setInterval(async () => {
    if (document.hidden) return;
    const fresh = await readJson(element.dataset.source).catch(() => null);
    if (fresh) map.getSource("vehicles").setData(fresh ?? nothing);
  }, EVERY_MS);
}

for (const element of document.querySelectorAll('[data-map="live"]')) {
  draw(element).catch((error) => failed(element, words(element), error));
}
