// Columns dragged into another order and widened at their edge; both go into the address.
import { go, query } from "./going.js";

export function startColumns(list) {
  const chooser = list.querySelector("[data-sort-columns]");
  if (chooser && window.Sortable) new window.Sortable(chooser, { handle: ".grip", animation: 120 });
  const headers = list.querySelector("[data-sort-headers]");
  if (!headers) return;
  if (window.Sortable)
    new window.Sortable(headers, {
      draggable: "th[data-name]", filter: ".widen", preventOnFilter: false, animation: 120, delay: 120, delayOnTouchOnly: true,
      onEnd: (event) => { if (event.oldIndex !== event.newIndex) go(query({ columns: names(headers).join(",") })); },
    });
  for (const edge of headers.querySelectorAll("[data-widen]")) edge.addEventListener("pointerdown", (event) => widen(event, edge, headers));
  if (headers.querySelector("th[style]")) fix(headers);
}

function names(headers) {
  return [...headers.querySelectorAll("th[data-name]")].map((th) => th.dataset.name);
}

function fix(headers) {
  const table = headers.closest("table");
  const widths = [...headers.children].map((th) => th.offsetWidth);
  [...headers.children].forEach((th, n) => { if (!th.style.width) th.style.width = `${widths[n]}px`; });
  table.classList.add("fixed");
}

function widen(event, edge, headers) {
  event.preventDefault();
  event.stopPropagation();
  fix(headers);
  const th = edge.parentElement;
  const start = event.clientX, width = th.offsetWidth;
  edge.classList.add("on");
  edge.setPointerCapture(event.pointerId);
  const move = (now) => { th.style.width = `${Math.max(60, width + now.clientX - start)}px`; };
  edge.addEventListener("pointermove", move);
  edge.addEventListener("pointerup", () => {
    edge.removeEventListener("pointermove", move);
    edge.classList.remove("on");
    const all = [...headers.querySelectorAll("th[data-name]")].map((one) => `${one.dataset.name}:${Math.round(one.offsetWidth)}`);
    go(query({ widths: all.join(",") }));
  }, { once: true });
}
