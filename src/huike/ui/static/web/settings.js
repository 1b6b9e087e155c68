// What set-up adds to plain pages: departments and fields dragged, whole rows and columns set at once.
import { startTrees } from "../ui/tree.js";

const token = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"];

function startOrder() {
  const list = document.querySelector("[data-order]");
  if (!list || !window.Sortable || list.dataset.ready) return;
  list.dataset.ready = "1";
  new window.Sortable(list, {
    handle: ".grip", animation: 120,
    onEnd: async () => {
      const body = new URLSearchParams([...list.children].map((line) => ["field", line.dataset.pk]));
      const answer = await fetch(list.dataset.order, { method: "POST", body, headers: { "X-CSRFToken": token(), "HX-Request": "true" } }).catch(() => null);
      if (!answer?.ok) document.body.dispatchEvent(new CustomEvent("htmx:sendError"));
    },
  });
}

function startMatrix() {
  document.querySelector("[data-matrix]")?.addEventListener("change", ({ target, currentTarget }) => {
    const put = (cell, value) => {
      const known = [...cell.options].some((option) => option.value === value);
      cell.value = known ? value : "all";
      mark(cell);
    };
    if (target.matches("[data-row]")) for (const cell of target.closest("tr").querySelectorAll("[data-cell]")) put(cell, target.value);
    else if (target.matches("[data-column]")) for (const cell of currentTarget.querySelectorAll(`[data-cell="${target.dataset.column}"]`)) put(cell, target.value);
    else if (target.matches("[data-cell]")) return mark(target);
    else return;
    target.value = "keep"; // the cells say it now
  });
}

function mark(cell) { cell.classList.toggle("changed", cell.value !== cell.dataset.held); }

function startKinds() {
  const form = document.querySelector("[data-kinds]");
  if (!form) return;
  const kind = form.querySelector("select[name=kind]");
  const show = () => {
    for (const part of form.querySelectorAll("[data-for]")) part.hidden = !part.dataset.for.split(" ").includes(kind.value);
  };
  kind.addEventListener("change", show);
  show();
}

function ready() { startTrees(); startOrder(); }
startMatrix();
startKinds();
ready();
document.body.addEventListener("htmx:load", ready);
window.addEventListener("load", ready);
