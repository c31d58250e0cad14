// What does a driver or a gate see without a network? The shell, and the page as it was seen last.
//
// Pages are kept only where the server says whose they are, and of one person at a time: another person's
// page, a sign-in page or a sign-out removes them. Signed acts are not kept here but in the database of
// signed_acts.js, which outlives a sign-out.
importScripts("/static/js/signed_acts.js");

const SHELL = "shell";
const PAGES = "pages-";
const WITHOUT = "/offline";
const MOST_PAGES = 60;
const PATIENCE_MS = 8000; // a network that answers later than that is none to somebody at a gate

self.addEventListener("install", (event) => {
  event.waitUntil(prepare());
});

async function prepare() {
  const shell = await caches.open(SHELL);
  await shell.add(new Request(WITHOUT, { cache: "reload" }));
  await self.skipWaiting();
}

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (url.pathname.startsWith("/static/") && !url.pathname.endsWith(".ttf")) event.respondWith(asset(request));
});

self.addEventListener("message", (event) => {
  if (event.data?.keep) event.waitUntil(keepAll(event.data.keep));
});

self.addEventListener("sync", (event) => {
  if (event.tag.startsWith("signed-acts-")) event.waitUntil(sendLater(event.tag.slice("signed-acts-".length)));
});

// Rejects while acts wait for the network, so that the browser tries again by itself.
async function sendLater(person) {
  const { state } = await self.signedActs.sendAll(person);
  if (state === "offline" || state === "busy") throw new Error(state);
}

async function page(request) {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.status < 502 || answer.status > 504) {
      await keepPage(request.url, answer.clone());
      return answer;
    }
  } catch {
    // no network, or one that does not answer
  }
  return (await keptPage(request.url)) ?? caches.match(WITHOUT, { cacheName: SHELL, ignoreVary: true });
}

async function keptPage(url) {
  for (const name of await caches.keys()) {
    const found = name.startsWith(PAGES) ? await caches.match(url, { cacheName: name, ignoreVary: true }) : null;
    if (found) return found;
  }
  return null;
}

// Keeps a page that the server gave to one person, with the time at which it was seen.
async function keepPage(url, answer) {
  const person = answer.headers.get("Sludgetrace-Kept-For");
  if (!person || answer.redirected) return;
  const name = PAGES + person;
  for (const other of await caches.keys()) if (other.startsWith(PAGES) && other !== name) await caches.delete(other);
  const text = (await answer.text()).replace("<html ", `<html data-kept="${new Date().toISOString()}" `);
  const pages = await caches.open(name);
  await pages.delete(url, { ignoreVary: true });
  await pages.put(url, new Response(text, { status: answer.status, headers: answer.headers }));
  const kept = await pages.keys();
  for (const old of kept.slice(0, Math.max(0, kept.length - MOST_PAGES))) await pages.delete(old, { ignoreVary: true });
}

// A versioned file never changes; one without a version is asked for again while there is a network.
async function asset(request) {
  const versioned = new URL(request.url).searchParams.has("v");
  const found = await caches.match(request.url, { cacheName: SHELL, ignoreVary: true });
  if (found && versioned) return found;
  try {
    const answer = await fetch(request);
    if (answer.ok) await keepAsset(request.url, answer.clone());
    return answer;
  } catch (failure) {
    if (found) return found;
    throw failure;
  }
}

// In the place of older versions of the same file.
async function keepAsset(url, answer) {
  const shell = await caches.open(SHELL);
  for (const old of await shell.keys(url, { ignoreSearch: true, ignoreVary: true })) await shell.delete(old, { ignoreVary: true });
  await shell.put(url, answer);
}

// What a page asks to have at hand: itself, its files, the pages it leads to.
async function keepAll(urls) {
  for (const url of urls) {
    const isAsset = new URL(url).pathname.startsWith("/static/");
    try {
      const answer = await fetch(url, { credentials: "same-origin" });
      if (!answer.ok) continue;
      await (isAsset ? keepAsset(url, answer) : keepPage(url, answer));
    } catch {
      return; // the network has gone: what is kept is kept
    }
  }
}
