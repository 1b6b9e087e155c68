// Draws every chart of the page with ECharts: in the page's colours, at its width, each mark a link.
import { shapes } from "./charts/shapes.js";
import { look } from "./charts/look.js";

const drawn = new Map(); // element: { chart, spec, narrow }
const NARROW = 520;

function specOf(element) {
  return JSON.parse(element.querySelector("script[type='application/json']").textContent);
}

function draw(element) {
  const known = drawn.get(element);
  const narrow = element.clientWidth < NARROW;
  known.narrow = narrow;
  const option = shapes[known.spec.kind](known.spec, look(narrow));
  known.chart.setOption({ animation: false, ...option }, true);
}

function go(event) {
  const href = event.data && event.data.href;
  if (!href) return;
  const click = event.event && event.event.event;
  if (click && (click.ctrlKey || click.metaKey)) window.open(href, "_blank", "noopener");
  else location.assign(href);
}

const watching = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const known = drawn.get(target);
    if (!known || !target.clientWidth) continue;
    known.chart.resize();
    if (known.narrow !== target.clientWidth < NARROW) draw(target);
  }
});

function start(element) {
  if (drawn.has(element)) return;
  const spec = specOf(element);
  const chart = window.echarts.init(element, null, { renderer: "canvas" });
  drawn.set(element, { chart, spec, narrow: false });
  draw(element);
  chart.on("click", go);
  element.dataset.drawn = spec.kind;
  watching.observe(element);
  const details = element.parentElement.querySelector(".chart-details");
  // a long table below its picture is folded where it would push the next picture out of sight
  if (details && matchMedia("(max-width: 1100px)").matches && details.querySelectorAll("tbody tr").length > 6) details.open = false;
}

function all(root) {
  for (const [element, { chart }] of drawn) {
    if (element.isConnected) continue;
    chart.dispose();
    watching.unobserve(element);
    drawn.delete(element);
  }
  if (root.matches && root.matches("[data-chart]")) start(root);
  root.querySelectorAll("[data-chart]").forEach(start);
}

all(document);
document.addEventListener("htmx:afterSwap", (event) => all(event.target));
new MutationObserver(() => drawn.forEach((_known, element) => draw(element)))
  .observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });

// a filter is asked for as soon as it is chosen; without script its button does it
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-ask-at-once]");
  if (form && event.target.matches("select, input[type=date]")) form.requestSubmit();
});
if (matchMedia("(max-width: 820px)").matches) {
  document.querySelectorAll("details[data-fold-on-phone]").forEach((details) => { details.open = false; });
}
