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

// What shows and what must be filled follows the rules of the fields, which the server asks of what
// the form says now: {hidden: [names], required: [names], closed: [conditions that don't hold]}.
const asked = new WeakMap();

async function sections(form) {
  if (!form?.dataset?.rules) return;
  const later = [...form.querySelectorAll("[data-when]")].filter((section) => !simply(form, section));
  if (form.dataset.ruled === undefined && !later.length) return;
  const body = new FormData(form);
  if (form.dataset.row) body.append("row", form.dataset.row);
  for (const [name, value] of [...body.entries()]) if (value instanceof File) body.set(name, value.name);
  for (const section of later) body.append("when", section.dataset.when);
  const turn = (asked.get(form) || 0) + 1;
  asked.set(form, turn);
  const answer = await fetch(form.dataset.rules, { method: "POST", body, headers: { "X-CSRFToken": body.get("csrfmiddlewaretoken"), "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || asked.get(form) !== turn) return;
  follow(form, later, await answer.json());
}

// “kind is person” needs no server.
function simply(form, section) {
  const when = JSON.parse(section.dataset.when);
  if (!Array.isArray(when)) return false;
  const [name, op, value] = when;
  const control = op === "is" ? form.elements[name] : null;
  if (control?.value === undefined) return false;
  section.hidden = control.value !== value;
  return true;
}

function follow(form, later, told) {
  for (const section of later) section.hidden = told.closed.includes(section.dataset.when);
  for (const field of form.querySelectorAll("[data-field]")) {
    const name = field.dataset.field;
    if (told.ruled.includes(name)) { field.hidden = told.hidden.includes(name); must(field, told.required.includes(name)); }
  }
}

function must(field, yes) {
  const label = field.querySelector("label");
  const mark = label?.querySelector(".must");
  if (yes && label && !mark) { const sign = document.createElement("span"); sign.className = "must"; sign.textContent = "*"; sign.ariaHidden = "true"; label.append(sign); }
  if (!yes) mark?.remove();
}
