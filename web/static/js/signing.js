// What does a signing page add by itself? The net as one types, a ticket's masses, the device's time and place.

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

function fillIn(field, value) {
  if (field && value) field.value = value.replace(/(\.\d\d)0$/, "$1");
}

function takeTicket(event) {
  const chosen = event.target;
  if (chosen.name !== "scale_ticket" || !chosen.value) return;
  fillIn(form.elements.gross_t, chosen.dataset.gross);
  fillIn(form.elements.tare_t, chosen.dataset.tare);
  fillIn(form.elements.ticket, chosen.dataset.number);
  fillIn(form.elements.scale, chosen.dataset.scale);
  showNet();
}

if (form) {
  form.addEventListener("input", showNet);
  form.addEventListener("change", takeTicket);
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
