// A cell edited in place: double click, Enter or e opens it, Enter saves, Esc leaves, Tab goes on.
import { list } from "./going.js";

const address = (td) => `/${list().dataset.key}/${td.closest("tr").dataset.pk}/cell/${td.dataset.name}/`;

export function edit(td) {
  if (!td || td.querySelector(".cell-form")) return;
  window.htmx.ajax("GET", address(td), { target: td, swap: "innerHTML" }).then(() => {
    const control = td.querySelector("input:not([type=hidden]), select, textarea");
    control?.focus();
    control?.select?.();
  });
}

function leave(td) {
  window.htmx.ajax("GET", `${address(td)}?show=1`, { target: td, swap: "innerHTML" }).then(() => td.closest("tr").focus());
}

// A link in a cell that can be edited waits for a second click: a number would be dialled, a page left.
const TWICE = 280;
let going = 0;

function wait(event) {
  const a = event.target.closest?.("#list td[data-edit]:not(.first) a[href]");
  if (!a || event.detail === 0 || event.button || event.ctrlKey || event.metaKey || event.shiftKey || a.target) return;
  event.preventDefault();
  event.stopPropagation();
  clearTimeout(going);
  if (event.detail === 1) going = setTimeout(() => { location.href = a.href; }, TWICE);
}

export function startCells() {
  document.addEventListener("click", wait, true);
  document.addEventListener("dblclick", (event) => {
    const td = event.target.closest("#list td[data-edit]");
    if (td && !event.target.closest(".cell-form")) { event.preventDefault(); edit(td); }
  });
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("#list .cell-form");
    if (!form) return;
    const td = form.closest("td");
    if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); leave(td); }
    // browsers send a form on Enter from a text, not from a list of choices
    if (event.key === "Enter" && event.target.tagName === "SELECT") { event.preventDefault(); form.requestSubmit(); }
    if (event.key === "Tab") { event.preventDefault(); const next = beside(td, event.shiftKey ? -1 : 1); send(form, td, next); }
  }, true);
  // what a saved cell shows may have changed its first column's link: nothing else to do
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.matches?.("#list td.first") && !event.target.querySelector("a, form")) link(event.target);
  });
}

function beside(td, by) {
  const cells = [...td.closest("table").querySelectorAll("td[data-edit]")];
  return cells[cells.indexOf(td) + by];
}

function send(form, td, next) {
  const changed = [...form.elements].some((one) => one.name && !one.name.startsWith("seen.") && one.type !== "hidden" && one.value !== one.defaultValue && one.tagName !== "SELECT")
    || [...form.querySelectorAll("option")].some((one) => one.selected !== one.defaultSelected)
    || [...form.querySelectorAll("input[type=checkbox]")].some((one) => one.checked !== one.defaultChecked);
  if (!changed) { leave(td); edit(next); return; }
  td.addEventListener("htmx:afterSettle", () => { if (!td.querySelector(".cell-form")) edit(next); }, { once: true });
  form.requestSubmit();
}

function link(td) {
  const a = document.createElement("a");
  a.className = "row-link";
  a.href = td.closest("tr").dataset.href;
  a.textContent = td.textContent.trim();
  td.replaceChildren(a);
}
