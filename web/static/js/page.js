// What does every page do by itself? Dates follow at once, errors take the focus, filters lose empty fields.

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
