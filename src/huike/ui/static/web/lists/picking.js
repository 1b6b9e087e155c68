// Choosing rows: one, a run with Shift, the page, or all results; and small buttons of the list.
import { list, say } from "./going.js";

let last = null;

const boxes = () => [...list().querySelectorAll("input[name=key]")];

export function startPicking() {
  document.addEventListener("click", clicked);
  document.addEventListener("change", (event) => {
    if (!event.target.closest("#list")) return;
    if (event.target.matches("[data-pick-page]")) for (const box of boxes()) box.checked = event.target.checked;
    if (event.target.matches("input[name=key]") && !event.target.checked) all(false);
    if (event.target.matches("input[name=everything]") && event.target.checked) for (const box of boxes()) box.checked = true;
    told();
  });
  document.body.addEventListener("htmx:afterSettle", () => {
    const every = document.querySelector("#chosen input[name=everything]");
    if (every?.checked) for (const box of boxes()) box.checked = true;
  });
}

function clicked(event) {
  const box = event.target.closest?.("#list input[name=key]");
  if (box) {
    if (event.shiftKey && last?.isConnected) between(last, box);
    last = box;
  }
  if (event.target.closest?.("[data-unpick]")) { for (const one of boxes()) one.checked = false; all(false); told(); }
  if (event.target.closest?.("[data-copy-link]")) copy();
  if (event.target.closest?.("[data-density]")) density();
  const header = event.target.closest?.("th a[data-unsorted]");
  if (header && event.shiftKey) { event.preventDefault(); event.stopPropagation(); location.href = header.dataset.unsorted; }
  const group = event.target.closest?.("[data-open-group]");
  if (group) fold(group);
  if (event.target.closest?.("[data-open-filter]")) { const drop = document.getElementById("filter-drop"); drop.open = true; drop.scrollIntoView({ block: "nearest" }); event.stopPropagation(); }
  for (const drop of document.querySelectorAll("details[data-drop-stay][open]")) if (!drop.contains(event.target) && event.target.isConnected && !event.target.closest("[data-open-filter]")) drop.open = false;
}

function between(from, to) {
  const order = boxes();
  const [a, b] = [order.indexOf(from), order.indexOf(to)].sort((x, y) => x - y);
  for (const box of order.slice(a, b + 1)) box.checked = to.checked;
}

function all(yes) {
  const every = document.querySelector("#chosen input[name=everything]");
  if (every) every.checked = yes;
}

export function told() {
  const label = document.querySelector("[data-chosen-count]");
  const every = document.querySelector("#chosen input[name=everything]");
  const n = every?.checked ? Number(every.dataset.total) : boxes().filter((box) => box.checked).length;
  label.textContent = n === 1 ? label.dataset.one : label.dataset.many.replace("{n}", n.toLocaleString());
  const page = list().querySelector("[data-pick-page]");
  if (page) page.checked = boxes().length > 0 && boxes().every((box) => box.checked);
}

function copy() {
  const address = `${location.origin}/${list().dataset.key}/?${list().dataset.query}`;
  navigator.clipboard?.writeText(address).then(() => say(list().dataset.saved));
}

function density() {
  const dense = list().classList.toggle("dense");
  list().classList.toggle("airy", !dense);
  document.cookie = `density=${dense ? "dense" : "airy"};path=/;max-age=31536000;samesite=lax`;
}

function fold(button) {
  const open = button.getAttribute("aria-expanded") !== "true";
  button.setAttribute("aria-expanded", open);
  button.closest("tbody").nextElementSibling.hidden = !open;
}
