// What does every page do by itself? Dates follow at once, errors take the focus, filters lose empty fields.

// A page that comes to the front again shows what happened meanwhile.
document.addEventListener("visibilitychange", () => {
  const refresh = document.getElementById("refresh");
  if (refresh && !document.hidden) window.htmx?.trigger(refresh, "refresh");
});

// Pages that were kept for use without a network go with the person; signed acts stay until they are sent.
async function forgetPages() {
  if (!("caches" in window)) return;
  for (const name of await caches.keys()) if (name.startsWith("pages-")) await caches.delete(name);
}

if (document.querySelector("form[data-sign-in]")) forgetPages();
const signOut = document.querySelector("form[data-sign-out]");
signOut?.addEventListener("submit", async (event) => {
  event.preventDefault();
  await forgetPages();
  signOut.submit();
});

// On a phone the links of the header scroll sideways: the page that one is on is in sight.
const here = document.querySelector(".links [aria-current]");

function bringInSight() {
  if (!here) return;
  const links = here.closest("ul");
  links.scrollLeft = here.offsetLeft - links.clientWidth / 2 + here.clientWidth / 2;
}

bringInSight();
addEventListener("load", bringInSight); // styles and fonts have their widths by then

const trouble = document.querySelector(".summary");
if (trouble) {
  trouble.setAttribute("tabindex", "-1");
  trouble.focus();
}

for (const form of document.querySelectorAll("form.filters, form.day")) {
  form.addEventListener("submit", () => {
    for (const field of form.elements) {
      if (field.name && field.value === "") field.disabled = true;
    }
  });
  window.addEventListener("pageshow", () => {
    for (const field of form.elements) field.disabled = false;
  });
}

// A token is copied with one press, and marked whole where the browser lets nobody write to the clipboard.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = button.dataset.copied;
    } catch {
      field.focus();
    }
  });
}
