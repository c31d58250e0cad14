// Which fields does a step of the paper need? Those of its act; without this script all of them stand there.

const asked = JSON.parse(document.getElementById("asked").textContent);

function showFields(step) {
  const wanted = asked[step.querySelector("[data-act]").value] ?? [];
  for (const part of step.querySelectorAll("[data-of]")) part.hidden = !wanted.includes(part.dataset.of);
}

for (const step of document.querySelectorAll("[data-step]")) {
  step.querySelector("[data-act]").addEventListener("change", () => showFields(step));
  showFields(step);
}
