// How does a driver sign without a network? The act waits on the phone with its time, and is sent later.
//
// A signed act is a form's fields with the device's time, which the server knows again: sent twice, it counts
// once. The password is never kept: when the server asks for it, the driver types it at sending.

const queue = document.getElementById("queue");
const password = document.getElementById("proof-password");
const KEY = `signed-acts-${queue.dataset.person}`;
let sending = false;

const waiting = () => JSON.parse(localStorage.getItem(KEY) ?? "[]");
const keep = (acts) => localStorage.setItem(KEY, JSON.stringify(acts));

function place() {
  return new Promise((done) => {
    if (!navigator.geolocation) return done({});
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => done({ lat: coords.latitude.toFixed(6), lon: coords.longitude.toFixed(6), accuracy_m: String(Math.round(coords.accuracy)) }),
      () => done({}),
      { maximumAge: 120000, timeout: 3000 },
    );
  });
}

function tell(sentence, good = false) {
  queue.hidden = false;
  queue.classList.toggle("good", good);
  queue.textContent = sentence;
}

function showWaiting() {
  const acts = waiting();
  for (const row of document.querySelectorAll("[data-number]")) {
    row.classList.toggle("waiting", acts.some((act) => act.number === row.dataset.number));
  }
  if (acts.length) tell(queue.dataset.waiting.replace("%s", acts.map((act) => `${act.title} ${act.number}`).join(", ")));
}

// Sends one act: "sent", "offline", "password" or the sentences of a refusal.
async function send(act, token) {
  const fields = new URLSearchParams({ ...act.fields, csrf_token: token, password: password.value });
  let answer;
  try {
    answer = await fetch(act.url, { method: "POST", body: fields, headers: { Accept: "application/json" }, redirect: "manual" });
  } catch {
    return "offline";
  }
  if (answer.ok) return "sent";
  if (answer.type === "opaqueredirect" || answer.status >= 500 || answer.status === 429) return "offline";
  const said = await answer.json().catch(() => ({ errors: [] }));
  if (said.errors.some((error) => error.field === "password")) return "password";
  return said.errors.map((error) => error.sentence).join(" ") || String(answer.status);
}

async function sendAll() {
  if (sending || !waiting().length) return;
  sending = true;
  const token = document.querySelector("input[name=csrf_token]").value;
  const refused = [];
  let sent = 0;
  try {
    while (waiting().length) {
      const [act, ...rest] = waiting();
      const outcome = await send(act, token);
      if (outcome === "offline") return showWaiting();
      if (outcome === "password") {
        document.getElementById("proof").hidden = false;
        password.focus();
        return tell(queue.dataset.password);
      }
      if (outcome !== "sent") refused.push(`${act.number}: ${outcome}`);
      else sent += 1;
      keep(rest);
    }
  } finally {
    sending = false;
  }
  if (refused.length) return tell(`${queue.dataset.refused} ${refused.join(" ")}`);
  if (sent) {
    tell(queue.dataset.sent, true);
    window.location.reload();
  }
}

for (const form of document.querySelectorAll("form[data-queue]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(form));
    delete fields.password;
    delete fields.csrf_token;
    fields.device_at = new Date().toISOString();
    const button = form.querySelector("button");
    button.disabled = true;
    const act = { url: form.action, number: form.closest("[data-number]").dataset.number, title: button.dataset.act, fields };
    keep([...waiting().filter((other) => other.url !== act.url), act]);
    Object.assign(act.fields, navigator.onLine ? await place() : {});
    keep([...waiting().filter((other) => other.url !== act.url), act]);
    showWaiting();
    await sendAll();
    button.disabled = false;
  });
}

for (const form of document.querySelectorAll("form[data-borrow-password]")) {
  form.addEventListener("submit", () => {
    form.elements.password.value = password.value;
  });
}

password.addEventListener("change", sendAll);
window.addEventListener("online", sendAll);
showWaiting();
sendAll();
