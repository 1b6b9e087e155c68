// Builds a pivot by hand: fields are dragged to a place or pressed, chips are dragged about.
// Every step is an address, so that going back, sharing and saving are what a browser does anyway.

const SINGLE = ["rows", "columns", "measures"];

function start(box) {
  const zones = Object.fromEntries([...box.querySelectorAll("[data-zone]")].map((zone) => [zone.dataset.zone, zone]));
  box.addEventListener("click", (event) => {
    const field = event.target.closest("[data-source] [data-path]");
    if (field) add(box, zones, field);
  });
  if (!window.Sortable) return;
  const usual = { animation: 120, delay: 150, delayOnTouchOnly: true, draggable: "[data-path]" };
  for (const source of box.querySelectorAll("[data-source]")) {
    const name = source.dataset.source;
    new window.Sortable(source, { ...usual, sort: false, group: { name, pull: "clone", put: false }, onEnd: (event) => dropped(box, zones, event) });
  }
  for (const [name, zone] of Object.entries(zones)) {
    const kind = name === "measures" ? "measures" : "levels";
    // what is dragged out of a place onto the fields is taken away
    new window.Sortable(zone, { ...usual, group: { name: kind, put: [kind], pull: name !== "filters" }, sort: name !== "filters", onEnd: (event) => dropped(box, zones, event) });
  }
}

function add(box, zones, field) {
  const { path } = field.dataset;
  const name = field.parentElement.dataset.source === "measures" ? "measures" : "rows";
  const known = SINGLE.some((one) => paths(zones[one]).includes(path));
  if (!known) go(box, zones, { [name]: [...paths(zones[name]), path] });
}

function dropped(box, zones, event) {
  if (event.from === event.to && event.oldIndex === event.newIndex) return;
  const { path } = event.item.dataset;
  const into = event.to.dataset.zone;
  if (!into) return;
  if (into === "filters") { location.assign(`/pivot/filter/?${new URLSearchParams([...new URLSearchParams(box.dataset.query), ["level", path]])}`); return; }
  // a level stands in one place: where it was dropped
  const now = Object.fromEntries(SINGLE.map((name) => [name, paths(zones[name]).filter((one, n, all) => name === into ? all.indexOf(one) === n : one !== path)]));
  go(box, zones, now);
}

function paths(zone) {
  return [...zone.querySelectorAll("[data-path]")].map((chip) => chip.dataset.path);
}

function go(box, zones, changed) {
  const params = new URLSearchParams(location.search);
  for (const [name, value] of new URLSearchParams(box.dataset.query)) params.set(name, value);
  for (const [name, value] of Object.entries(changed)) params.set(name, value.join(","));
  location.assign(`/pivot/?${params}`);
}

document.querySelectorAll("[data-pivot]").forEach(start);
