// Customers dragged onto a category: the row under the pointer, or all ticked rows when it is one of them.
import { startTrees } from "../ui/tree.js";

let dragged = null;

const spot = (event) => (dragged ? event.target.closest?.("#filing [data-take]") : null);
const clear = () => { for (const line of document.querySelectorAll("#filing .over")) line.classList.remove("over"); };

function ready() {
  startTrees();
  if (!document.querySelector("#filing [data-take]")) return;
  for (const row of document.querySelectorAll("#filing #list tr[data-pk]")) row.draggable = true;
}

document.addEventListener("dragstart", (event) => {
  const row = event.target.closest?.("#filing #list tr[data-pk]");
  if (!row || event.target.matches("input, textarea, select")) return;
  dragged = row;
  row.classList.add("dragged");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", row.querySelector(".row-link")?.textContent.trim() || "");
});
document.addEventListener("dragend", () => { dragged?.classList.remove("dragged"); dragged = null; clear(); });
document.addEventListener("dragover", (event) => {
  const line = spot(event);
  if (!line) return clear();
  event.preventDefault();
  if (!line.classList.contains("over")) { clear(); line.classList.add("over"); }
});
document.addEventListener("drop", (event) => {
  const line = spot(event);
  if (!line) return;
  event.preventDefault();
  file(line, dragged);
});

function file(line, row) {
  const form = document.getElementById("chosen");
  const ticked = [...document.querySelectorAll("#list input[name=key]:checked")].map((box) => box.value);
  const many = ticked.includes(row.dataset.pk);
  if (many && form.querySelector("[name=everything]:checked")) return all(line, form);
  window.htmx.ajax("POST", line.dataset.take, {
    target: "#filing", swap: "outerHTML show:none",
    values: { key: many ? ticked : [row.dataset.pk], view: form.elements.view.value },
  });
}

// All results, however many: the list's own act shows what will change and does it in the background.
function all(line, form) {
  const category = line.closest("[data-pk]").dataset.pk;
  window.htmx.ajax("POST", "/customers/party/act/preview/", {
    target: "#modal-body",
    values: { act: "edit", field_name: "category", how: "set", category, everything: "1", view: form.elements.view.value },
  });
}

ready();
document.body.addEventListener("htmx:load", ready);
window.addEventListener("load", ready);
