// Fetches ECharts only when a picture arrives on a page that began without one.
const source = document.querySelector("[data-charts-late]");
let asked = null;

function fetched() {
  return new Promise((done, failed) => {
    if (window.echarts) return done();
    const script = document.createElement("script");
    script.src = source.dataset.chartsLate;
    script.onload = done;
    script.onerror = failed;
    document.head.append(script);
  });
}

function look(root) {
  if (asked || !source || !root.querySelector || !root.querySelector("[data-chart]")) return;
  asked = fetched().then(() => import(source.dataset.chartsDraw));
}

document.addEventListener("htmx:afterSwap", (event) => look(event.target));
look(document);
