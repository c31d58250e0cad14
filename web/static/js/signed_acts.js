// Where do signed acts wait until the network takes them, and how are they sent? For pages and their worker.
//
// An act is a form's fields with the device's time and a key, bound to the person who signed it. It stays in
// the browser's database until the server has taken it or its signer puts it away. The password is never
// kept: when the server asks for it, the signer types it at sending.

self.signedActs = (() => {
  const NAME = "signed-acts";
  const STORE = "acts";
  const news = typeof BroadcastChannel === "function" ? new BroadcastChannel(NAME) : null;

  function database() {
    return new Promise((done, failed) => {
      const opening = indexedDB.open(NAME, 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "key" }).createIndex("person", "person");
      opening.onsuccess = () => done(opening.result);
      opening.onerror = () => failed(opening.error);
    });
  }

  // Runs one request on the store in a transaction of its own; done when it is on the disk.
  async function inStore(mode, work) {
    const opened = await database();
    try {
      return await new Promise((done, failed) => {
        const transaction = opened.transaction(STORE, mode);
        const request = work(transaction.objectStore(STORE));
        transaction.oncomplete = () => done(request.result);
        transaction.onabort = transaction.onerror = () => failed(transaction.error);
      });
    } finally {
      opened.close();
    }
  }

  const keep = (act) => inStore("readwrite", (store) => store.put(act));
  const drop = (key) => inStore("readwrite", (store) => store.delete(key));
  const one = (key) => inStore("readonly", (store) => store.get(key));

  // The person's acts in the order in which they were signed.
  async function ofPerson(person) {
    const acts = await inStore("readonly", (store) => store.index("person").getAll(String(person)));
    return acts.sort((a, b) => a.at.localeCompare(b.at));
  }

  // How many acts of other people wait on this device.
  async function ofOthers(person) {
    const acts = await inStore("readonly", (store) => store.getAll());
    return acts.filter((act) => act.person !== String(person)).length;
  }

  // Signs an act on this device: nothing is sent yet.
  async function sign(person, url, number, title, fields) {
    const at = new Date().toISOString();
    const kept = fields.filter(([name]) => !["password", "csrf_token", "device_at"].includes(name));
    const act = { key: crypto.randomUUID(), person: String(person), url, number, title, at, state: "waiting", said: "", fields: [...kept, ["device_at", at]] };
    const same = (await ofPerson(person)).filter((other) => other.url === url);
    for (const other of same) await drop(other.key);
    await keep(act);
    tell({});
    return act;
  }

  // Adds where the device was; nothing when the act has been sent meanwhile.
  const place = (key, fields) =>
    inStore("readwrite", (store) => {
      const reading = store.get(key);
      reading.addEventListener("success", () => {
        const act = reading.result;
        const others = act?.fields.filter(([name]) => !fields.some(([other]) => other === name));
        if (act) store.put({ ...act, fields: [...others, ...fields] });
      });
      return reading;
    });

  function tell(message) {
    news?.postMessage(message);
  }

  // Who is signed in now: {state: "offline" | "busy" | "login" | "ready", …}.
  async function session() {
    let answer;
    try {
      answer = await fetch("/offline/session", { cache: "no-store", headers: { Accept: "application/json" } });
    } catch {
      return { state: "offline" };
    }
    const said = answer.ok && !answer.redirected ? await answer.json().catch(() => null) : null;
    if (said === null || !("person" in said)) return { state: "busy" }; // a portal or a proxy answered
    return said.person === null ? { state: "login" } : { state: "ready", person: String(said.person), token: said.csrf_token, needsPassword: said.needs_password };
  }

  // Sends one act: {state: "sent" | "offline" | "busy" | "login" | "password" | "refused", said}.
  async function sendOne(act, token, password) {
    const body = new FormData();
    for (const [name, value] of act.fields) body.append(name, value);
    body.append("csrf_token", token);
    if (password) body.append("password", password);
    let answer;
    try {
      answer = await fetch(act.url, { method: "POST", body, redirect: "manual", headers: { Accept: "application/json", "Idempotency-Key": act.key } });
    } catch {
      return { state: "offline" };
    }
    if (answer.ok) return { state: "sent", next: (await answer.json().catch(() => ({}))).next };
    if (answer.type === "opaqueredirect" || answer.status === 401) return { state: "login" };
    if (answer.status >= 500 || answer.status === 429 || answer.status === 400) return { state: "busy" };
    const said = await answer.json().catch(() => ({ errors: [] }));
    if (said.errors.some((error) => error.field === "password")) return { state: "password" };
    return { state: "refused", said: said.errors.map((error) => error.sentence).join(" ") };
  }

  // Sends what waits, one sender at a time on the whole device; says how far it came.
  function sendAll(person, password = "") {
    return navigator.locks.request(NAME, () => sendInTurn(person, password));
  }

  async function sendInTurn(person, password) {
    const acts = (await ofPerson(person)).filter((act) => act.state !== "refused");
    if (!acts.length) return { state: "nothing", sent: 0 };
    const now = await session();
    const state = now.state === "ready" && now.person !== String(person) ? "login" : now.state;
    if (state !== "ready") return ended(acts, state, 0);
    let sent = 0;
    let next;
    for (const [index, act] of acts.entries()) {
      const outcome = await sendOne(act, now.token, password);
      if (outcome.state === "sent") {
        await drop(act.key);
        next = outcome.next;
        sent += 1;
      } else if (outcome.state === "refused") await keep({ ...act, state: "refused", said: outcome.said });
      else return ended(acts.slice(index), outcome.state, sent);
    }
    return ended([], "done", sent, next);
  }

  // Notes at each act why it still waits.
  async function ended(acts, state, sent, next) {
    for (const act of acts) await keep({ ...act, state: state === "login" || state === "password" ? state : "waiting" });
    tell({ sent });
    return { state, sent, next };
  }

  return { sign, place, drop, one, ofPerson, ofOthers, session, sendAll, news, NAME };
})();
