// How much do the parts of a group weigh together, as one types? The service sums and checks again.

const parts = document.querySelector("[data-parts]");

function figure(field) {
  const text = field.value.trim().replace(",", ".");
  return text ? Number(text) : 0;
}

function sum() {
  const fields = [...parts.querySelectorAll("input[type=text]")];
  const together = fields.reduce((so_far, field) => so_far + figure(field), 0);
  const beyond = fields.filter((field) => field.dataset.left && figure(field) > Number(field.dataset.left) + 0.005);
  parts.querySelector("[data-sum]").textContent = Number.isFinite(together) ? together.toFixed(2) : "—";
  parts.querySelector("[data-too-much]").hidden = beyond.length === 0;
  for (const field of fields) field.closest(".field").classList.toggle("wrong", beyond.includes(field));
}

if (parts) {
  parts.addEventListener("input", sum);
}
