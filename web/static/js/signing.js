// What does a signing page add by itself? The net as one types, the device's time and place.

const form = document.querySelector("form[data-signing]");

function figure(name) {
  const text = form.elements[name]?.value.trim().replace(",", ".");
  return text ? Number(text) : NaN;
}

function showNet() {
  const line = form.querySelector("[data-net]");
  if (!line) return;
  const net = figure("gross_t") - figure("tare_t");
  line.hidden = !Number.isFinite(net);
  if (Number.isFinite(net)) line.querySelector("strong").textContent = net.toFixed(2);
}

if (form) {
  form.addEventListener("input", showNet);
  showNet();
  navigator.geolocation?.getCurrentPosition(
    ({ coords }) => {
      form.elements.lat.value = coords.latitude.toFixed(6);
      form.elements.lon.value = coords.longitude.toFixed(6);
      form.elements.accuracy_m.value = Math.round(coords.accuracy);
    },
    () => {},
    { maximumAge: 60000, timeout: 8000, enableHighAccuracy: true },
  );
}
