// How does somebody sign without a network? The act waits on the device with its time, and is sent later.

const { signedActs } = self;
const queue = document.getElementById("queue");
const { person } = queue.dataset;
const words = JSON.parse(document.getElementById("queue-words").dataset.words);
const password = document.getElementById("proof-password") ?? document.querySelector("form[data-signing] [name=password]");
// Without TLS a browser offers neither a worker nor locks: forms are then sent as on any page.
const able = window.isSecureContext && "indexedDB" in window && "locks" in navigator;
const FIRST_RETRY_MS = 5000;
const LAST_RETRY_MS = 300000;
const WARMED = 24;
let retryMs = FIRST_RETRY_MS;
let shown = "";
let retry;

function place() {
  return new Promise((done) => {
    if (!navigator.geolocation || !navigator.onLine) return done([]);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => done([["lat", coords.latitude.toFixed(6)], ["lon", coords.longitude.toFixed(6)], ["accuracy_m", String(Math.round(coords.accuracy))]]),
      () => done([]),
      { maximumAge: 120000, timeout: 3000 },
    );
  });
}

function element(name, text, properties = {}) {
  return Object.assign(document.createElement(name), { textContent: text, ...properties });
}

const hour = (at) => new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", timeZone: queue.dataset.zone });

// One act of the queue: what, when signed, why it still waits, and what its signer can do.
function row(act) {
  const line = element("li", "", { className: `queued ${act.state}` });
  line.append(element("strong", `${act.title} · ${act.number}`), element("span", `${words.signed_at} ${hour(act.at)}`, { className: "muted" }));
  line.append(element("span", act.state === "refused" ? `${words.refused} ${act.said || words.gone}` : words[act.state], { className: "why" }));
  if (act.state === "refused") {
    const away = element("button", words.put_away, { type: "button", className: "button quiet" });
    away.addEventListener("click", async () => {
      await signedActs.drop(act.key);
      await show();
    });
    line.append(element("a", words.open, { href: act.url, className: "button" }), away);
  }
  return line;
}

async function show() {
  const acts = await signedActs.ofPerson(person);
  const others = await signedActs.ofOthers(person);
  const told = JSON.stringify([acts.map(({ key, state, said }) => [key, state, said]), others]);
  if (told === shown) return; // a link that somebody is about to press stays where it is
  shown = told;
  const waiting = new Set(acts.filter((act) => act.state !== "refused").map((act) => act.number));
  for (const item of document.querySelectorAll("li[data-number]")) item.classList.toggle("waiting", waiting.has(item.dataset.number));
  queue.hidden = !acts.length && !others;
  queue.replaceChildren();
  if (acts.length) queue.append(element("p", words.title), Object.assign(document.createElement("ol"), { className: "queue-acts" }));
  queue.querySelector("ol")?.append(...acts.map(row));
  if (acts.some((act) => act.state === "login")) queue.append(element("a", words.sign_in, { href: `/login?next=${encodeURIComponent(window.location.pathname)}`, className: "button primary big" }));
  if (others) queue.append(element("p", words.others.replace("%s", others), { className: "muted" }));
  if (acts.some((act) => act.state === "password")) document.getElementById("proof")?.removeAttribute("hidden");
}

// Sends what waits; tries again by itself, ever more rarely, while the network is away.
async function sendAll() {
  clearTimeout(retry);
  const outcome = await signedActs.sendAll(person, password?.value ?? "");
  if (outcome.state === "offline" || outcome.state === "busy") {
    retry = setTimeout(sendAll, retryMs);
    retryMs = Math.min(2 * retryMs, LAST_RETRY_MS);
  } else retryMs = FIRST_RETRY_MS;
  await show();
  if (outcome.state === "password") password?.focus();
  return outcome;
}

async function sendAndShow() {
  const { sent } = await sendAll();
  if (sent && !document.querySelector("form[data-signing]")) window.location.reload();
}

async function signed(form) {
  const fields = [...new FormData(form)];
  const title = form.dataset.act;
  const act = await signedActs.sign(person, form.action, form.dataset.number, title, fields);
  await show();
  const found = await place();
  if (found.length) await signedActs.place(act.key, found);
  const registration = await navigator.serviceWorker?.getRegistration();
  await registration?.sync?.register(`${signedActs.NAME}-${person}`).catch(() => {});
  return act;
}

// On the page of one act: what is refused is shown by the server, beside its fields.
async function settled(form, act, outcome) {
  const left = await signedActs.one(act.key);
  if (!left) {
    window.location.assign(outcome.next ?? "/trips");
  } else if (left.state === "refused" || left.state === "password") {
    await signedActs.drop(act.key);
    form.submit();
  } else {
    queue.scrollIntoView({ block: "center" });
  }
}

for (const form of document.querySelectorAll("form[data-queue]")) {
  form.addEventListener("submit", async (event) => {
    if (!able) {
      if (form.elements.password) form.elements.password.value = password?.value ?? "";
      return;
    }
    event.preventDefault();
    const button = form.querySelector("button[type=submit]");
    button.disabled = true;
    const act = await signed(form);
    if (form.matches("[data-signing]")) await settled(form, act, await sendAll());
    else await sendAndShow();
    button.disabled = false;
  });
}

// All loads of a voyage: together while there is a network, else each waits with a signature of its own.
for (const form of document.querySelectorAll("form[data-together]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    form.elements.password.value = password?.value ?? "";
    if (!able || (await signedActs.session()).state !== "offline") return form.submit();
    const numbers = new Set(form.dataset.together.split(" "));
    for (const each of document.querySelectorAll("form[data-queue]")) {
      if (numbers.has(each.dataset.number) && each.dataset.act === form.dataset.act) await signed(each);
    }
    await sendAndShow();
  });
}

// The page as it was seen last says so.
function showAge() {
  const { kept } = document.documentElement.dataset;
  if (!kept) return;
  const note = document.getElementById("kept-note");
  note.hidden = false;
  note.textContent = note.dataset.words.replace("%s", hour(kept));
}

// The worker keeps this page, its files and the pages of its acts at hand.
async function prepareOffline() {
  if (!navigator.serviceWorker) return;
  await Promise.all(["/trips", "/gate", "/sign/"].map((scope) => navigator.serviceWorker.register("/offline/worker.js", { scope })));
  if (document.documentElement.dataset.kept) return;
  const registration = await navigator.serviceWorker.ready;
  const files = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src], img[src]")].map((each) => each.href || each.src);
  const acts = [...document.querySelectorAll("main a[href^='/sign/']")].map((each) => each.href).slice(0, WARMED);
  registration.active.postMessage({ keep: [...new Set([...files, window.location.href, ...acts])] }); // a page is kept after its files
}

async function begin() {
  showAge();
  await show();
  await sendAndShow();
  await prepareOffline();
}

if (able) {
  password?.addEventListener("change", sendAndShow);
  window.addEventListener("online", sendAndShow);
  document.addEventListener("visibilitychange", () => document.hidden || sendAndShow());
  signedActs.news?.addEventListener("message", async ({ data }) => {
    await show();
    if (data.sent && !document.querySelector("form[data-signing]")) window.location.reload();
  });
  await begin();
}
