// The list by keyboard: j/k move, x selects, Enter opens, Space peeks, e edits, arrows choose the cell.
import { list } from "./going.js";
import { edit } from "./cells.js";
import { told } from "./picking.js";

let cell = 1;

const rows = () => [...list().querySelectorAll("#list-rows > tr[data-pk], .group-body > tr[data-pk]")];
const here = () => list().querySelector("tr.here");

export function startKeys() {
  // before the shell's own keys, which know "e" and "?" for pages without a list
  document.addEventListener("keydown", pressed, true);
}

function pressed(event) {
  if (!list() || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.type !== "checkbox") return;
  if (document.querySelector("dialog[open]")) return;
  const act = KEYS[event.key];
  if (!act || ((event.key === "Enter" || event.key === " ") && event.target.closest("a, button, summary, label, input"))) return;
  if (act() === false) return;
  event.preventDefault();
  event.stopPropagation();
}

const KEYS = {
  j: () => step(1), k: () => step(-1), ArrowDown: () => here() ? step(1) : false, ArrowUp: () => here() ? step(-1) : false,
  x: () => { const box = here()?.querySelector("input[name=key]"); if (!box) return false; box.checked = !box.checked; told(); },
  Enter: () => { const row = here(); if (!row) return false; location.href = row.dataset.href; },
  " ": () => { const row = here(); if (!row) return false; row.querySelector(".peek-cell button").click(); },
  ArrowLeft: () => across(-1), ArrowRight: () => across(1),
  e: () => { const row = here(); if (!row) return false; edit(at(row) || row.querySelector("td[data-edit]")); },
  f: () => { const drop = document.getElementById("filter-drop"); if (!drop) return false; drop.open = true; drop.querySelector("select")?.focus(); },
  "?": () => help(),
};

function step(by) {
  const all = rows();
  if (!all.length) return false;
  const n = all.indexOf(here());
  const row = all[Math.max(0, Math.min(all.length - 1, n < 0 ? 0 : n + by))];
  here()?.classList.remove("here");
  mark(null);
  row.classList.add("here");
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function across(by) {
  const row = here();
  if (!row) return false;
  const cells = row.querySelectorAll("td[data-name]");
  cell = Math.max(0, Math.min(cells.length - 1, cell + by));
  mark(cells[cell]);
}

function at(row) {
  return row.querySelector("td.here-cell[data-edit]");
}

function mark(td) {
  list().querySelector(".here-cell")?.classList.remove("here-cell");
  td?.classList.add("here-cell");
}

function help() {
  const words = document.getElementById("keys-help");
  const body = document.getElementById("modal-body");
  if (!words || !body) return false;
  body.replaceChildren(words.content.cloneNode(true));
  document.getElementById("modal").showModal();
}

document.addEventListener("click", (event) => { if (event.target.closest?.("[data-keys-help]")) { event.stopPropagation(); help(); } });
