// Small manners of forms: Esc leaves an inline edit, text areas grow, sections follow a choice.

export function startFields() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const form = event.target.closest?.("[data-inline]");
    const cancel = form?.querySelector("[data-cancel]");
    if (cancel) { event.preventDefault(); event.stopPropagation(); cancel.click(); }
  });
  document.addEventListener("input", (event) => { if (event.target.matches("textarea[data-grow]")) grow(event.target); });
  document.addEventListener("change", (event) => { if (event.target.name) sections(event.target.form); });
  const ready = (root) => {
    for (const area of root.querySelectorAll("textarea[data-grow]")) grow(area);
    for (const form of root.querySelectorAll("form[data-sections]")) sections(form);
    root.querySelector("[data-inline] [autofocus]")?.focus();
  };
  ready(document);
  document.body.addEventListener("htmx:load", (event) => ready(event.target.parentElement || document));
}

function grow(area) {
  area.style.height = "auto";
  area.style.height = `${Math.min(area.scrollHeight + 2, 480)}px`;
}

// <section data-when="kind=person"> shows only while the form says so.
function sections(form) {
  for (const section of form?.querySelectorAll?.("[data-when]") || []) {
    const [name, value] = section.dataset.when.split("=");
    const control = form.elements[name];
    section.hidden = control && control.value !== undefined && control.value !== value;
  }
}
