// Ticks or unticks all pairs that are shown.
document.addEventListener("change", (event) => {
  const all = event.target.closest("[data-check-all]");
  if (!all) return;
  const name = all.dataset.checkAll;
  for (const box of all.form.querySelectorAll(`input[name="${name}"]`)) box.checked = all.checked;
});
