// How do our charts look? Axes with units, quiet grid, the colours of the page; drawn as SVG.

const echarts = window.echarts;

export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

export function axis(name, extra = {}) {
  return {
    name, nameTextStyle: { color: colour("muted"), fontSize: 12 }, axisLabel: { color: colour("muted"), fontSize: 12 },
    axisLine: { lineStyle: { color: colour("line-strong") } }, splitLine: { lineStyle: { color: colour("line") } }, ...extra,
  };
}

export const pointer = () => ({
  trigger: "axis", renderMode: "richText", backgroundColor: colour("paper"), borderColor: colour("line-strong"), textStyle: { color: colour("ink"), fontSize: 12 },
});

export function chart(element, options) {
  const made = echarts.init(element, null, { renderer: "svg" });
  const draw = () => made.setOption({ textStyle: { fontFamily: getComputedStyle(element).fontFamily }, ...options() }, true);
  draw();
  // Widths were measured in whatever font was there: once ours has arrived they are measured again.
  document.fonts.load("12px 'Sludgetrace Sans'", "污泥").then(draw, () => {});
  new ResizeObserver(() => made.resize()).observe(element);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  element.dataset.chart = "drawn";
}
