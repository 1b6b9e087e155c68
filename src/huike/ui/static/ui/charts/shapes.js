// One function per kind of picture: the small spec of ui/charts.py becomes an ECharts option.
import { full, safe, short } from "./look.js";
import { net } from "./net.js";

const tip = (look) => ({
  backgroundColor: look.paper, borderColor: look.line, textStyle: { color: look.ink, fontSize: 13 },
  confine: true, extraCssText: "max-width:280px;white-space:normal",
});
const words = (look, size = 12) => ({ color: look.ink2, fontSize: size, fontFamily: look.font });
const legend = (look) => ({ top: 4, textStyle: words(look), itemWidth: 14, itemHeight: 10, type: "scroll" });
const pointer = (href) => (href ? "pointer" : "default");

function axis(look, unit, name, more = {}) {
  return {
    type: "value", name, nameLocation: "middle", nameGap: 30, nameTextStyle: words(look),
    axisLabel: { ...words(look), formatter: (v) => short(v, unit), hideOverlap: true },
    splitLine: { lineStyle: { color: look.line } }, axisLine: { show: false }, axisTick: { show: false }, ...more,
  };
}

function names(look, data, more = {}) {
  return {
    type: "category", data, axisTick: { show: false }, axisLine: { lineStyle: { color: look.line } },
    axisLabel: { ...words(look), hideOverlap: true, width: look.narrow ? 72 : 130, overflow: "truncate" }, ...more,
  };
}

function bars(spec, look) {
  const value = axis(look, spec.unit, "");
  const category = names(look, spec.labels, spec.lying ? { inverse: true } : {});
  const many = spec.series.length > 1;
  return {
    grid: { left: 12, right: spec.lying ? 56 : 16, top: many ? 38 : 24, bottom: 12, containLabel: true },
    legend: many ? legend(look) : undefined,
    tooltip: { ...tip(look), trigger: "item", formatter: (p) => `${safe(p.name)}${many ? ` · ${safe(p.seriesName)}` : ""}<br><b>${full(p.value, spec.unit)}</b>` },
    xAxis: spec.lying ? value : category,
    yAxis: spec.lying ? category : value,
    series: spec.series.map((one, n) => ({
      type: "bar", name: one.name, stack: spec.stacked ? "all" : undefined, barMaxWidth: 34,
      itemStyle: { color: look.tone(one.tone, n), borderRadius: spec.stacked ? 0 : 2 },
      label: { show: !spec.stacked && spec.labels.length * spec.series.length <= (look.narrow ? 8 : 24), position: spec.lying ? "right" : "top", ...words(look, 11), formatter: (p) => short(p.value, spec.unit) },
      data: one.values.map((v, i) => ({ value: v, href: one.hrefs[i], cursor: pointer(one.hrefs[i]) })),
    })),
  };
}

function lines(spec, look) {
  const [across, up] = spec.units;
  return {
    grid: { left: spec.names[1] && !look.narrow ? 34 : 12, right: 20, top: 38, bottom: spec.names[0] ? 34 : 12, containLabel: true },
    legend: legend(look),
    tooltip: { ...tip(look), trigger: "axis", formatter: (ps) => `${safe(spec.names[0])} ${full(ps[0].value[0], across)}<br>${ps.map((p) => `${safe(p.seriesName)} <b>${full(p.value[1], up)}</b>`).join("<br>")}` },
    xAxis: axis(look, across, spec.names[0], { max: "dataMax", splitLine: { show: false } }),
    yAxis: axis(look, up, look.narrow ? "" : spec.names[1], { nameGap: 44, max: up === "share" ? 1 : undefined }),
    series: spec.series.map((one, n) => ({
      type: "line", name: one.name, step: spec.step ? "end" : false, symbolSize: 7,
      showSymbol: one.hrefs.length > 0 || one.values.length < 16, cursor: pointer(one.hrefs.length),
      color: look.tone(one.tone, n), lineStyle: { type: one.dashed ? "dashed" : "solid", width: 2 },
      areaStyle: one.area ? { opacity: 0.12 } : undefined,
      data: one.values.map((v, i) => ({ value: v, href: one.hrefs[i] })),
    })),
  };
}

// a field between two edges: an unseen line at the lower one, and the rest stacked upon it
function band(spec, look) {
  if (!spec.band) return [];
  const { low, high, name, tone } = spec.band;
  const edge = { type: "line", stack: "band", stackStrategy: "all", symbol: "none", silent: true, lineStyle: { opacity: 0 }, color: look.tone(tone, 0) };
  const height = high.map((v, i) => (v === null || low[i] === null ? null : v - low[i]));
  return [{ ...edge, name: "", data: low }, { ...edge, name, areaStyle: { opacity: 0.2 }, data: height }];
}

function trend(spec, look) {
  const many = spec.series.length > 1 || spec.band;
  const line = (p) => `${safe(p.seriesName)} <b>${full(p.value, spec.unit)}</b>`;
  const said = (ps) => ps.filter((p) => p.value !== undefined && p.value !== null && spec.series.some((one) => one.name === p.seriesName));
  const between = (i) => (spec.band && spec.band.high[i] !== null ? `<br>${safe(spec.band.name)} <b>${full(spec.band.low[i], spec.unit)} … ${full(spec.band.high[i], spec.unit)}</b>` : "");
  return {
    grid: { left: 12, right: 20, top: many ? 38 : 24, bottom: 12, containLabel: true },
    legend: many ? { ...legend(look), data: [...spec.series.map((one) => one.name), ...(spec.band ? [spec.band.name] : [])] } : undefined,
    tooltip: { ...tip(look), trigger: "axis", formatter: (ps) => `${safe(ps[0].name)}<br>${said(ps).map(line).join("<br>")}${between(ps[0].dataIndex)}` },
    xAxis: names(look, spec.labels), yAxis: axis(look, spec.unit, ""),
    series: [...spec.series.map((one, n) => ({
      type: "line", name: one.name, symbolSize: 7, showSymbol: true, cursor: pointer(one.hrefs.length),
      color: look.tone(one.tone, n), lineStyle: { width: 2, type: one.dashed ? "dashed" : "solid" },
      data: one.values.map((v, i) => ({ value: v, href: one.hrefs[i] })),
    })), ...band(spec, look)],
  };
}

function pie(spec, look) {
  const parts = spec.series.values.map((v, i) => ({ value: v, name: spec.labels[i], href: spec.series.hrefs[i], cursor: pointer(spec.series.hrefs[i]) }));
  return {
    tooltip: { ...tip(look), formatter: (p) => `${safe(p.name)}<br><b>${full(p.value, spec.unit)}</b> · ${p.percent}%` },
    series: [{
      type: "pie", radius: ["38%", "72%"], itemStyle: { borderColor: look.paper, borderWidth: 2 },
      label: { ...words(look), formatter: (p) => `${p.name} ${p.percent}%`, overflow: "truncate", width: look.narrow ? 80 : 130 },
      data: parts.filter((p) => p.value > 0).map((p, n) => ({ ...p, itemStyle: { color: look.tone("", n) } })),
    }],
  };
}

function heat(spec, look) {
  const values = spec.cells.map((c) => c[2]).filter((v) => v !== null);
  const most = Math.max(...values, 0) || 1;
  const small = look.narrow && spec.across.length > 5;
  return {
    grid: { left: spec.names[1] ? 28 : 8, right: 8, top: spec.names[0] ? 34 : 24, bottom: 8, containLabel: true },
    tooltip: { ...tip(look), formatter: (p) => `${safe(spec.names[1])} ${safe(spec.down[p.value[1]])} · ${safe(spec.names[0])} ${safe(spec.across[p.value[0]])}<br><b>${safe(p.data.text)}</b>` },
    xAxis: names(look, spec.across, { position: "top", name: spec.names[0], nameLocation: "middle", nameGap: 26, nameTextStyle: words(look), axisLine: { show: false } }),
    yAxis: names(look, spec.down, { inverse: true, name: spec.names[1], nameLocation: "middle", nameGap: look.narrow ? 62 : 74, nameTextStyle: words(look), axisLine: { show: false } }),
    visualMap: { show: false, min: 0, max: most, dimension: 2, inRange: { color: [look.colour("--heat-low"), look.colour("--heat-high")] } },
    series: [{
      type: "heatmap", itemStyle: { borderColor: look.paper, borderWidth: 2, borderRadius: 3 },
      data: spec.cells.filter((c) => c[2] !== null).map(([x, y, v, text, href]) => ({
        value: [x, y, v], text, href, cursor: pointer(href),
        label: { show: !small, formatter: () => text, fontSize: look.narrow ? 10 : 12, lineHeight: 15, color: look.on(v / most) },
      })),
      emphasis: { itemStyle: { borderColor: look.ink, borderWidth: 1 } },
    }],
  };
}

function dots(spec, look) {
  const [across, up] = spec.units;
  const log = (unit, name, values) => axis(look, unit, name, { type: "log", logBase: 10, min: Math.max(1, 10 ** Math.floor(Math.log10(Math.min(...values)))), minorSplitLine: { show: false } });
  const least = (v) => Math.max(v === null ? 1 : v, 1); // a logarithmic axis has no zero
  const all = spec.dots.map((d) => [least(d[0]), least(d[1])]);
  const xs = all.map((d) => d[0]), ys = all.map((d) => d[1]);
  const rule = { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: look.ink2, type: "dashed" } };
  const [vertical, horizontal] = spec.lines;
  const crossed = [vertical > 0 && { xAxis: vertical }, horizontal > 0 && { yAxis: horizontal }].filter(Boolean);
  return {
    grid: { left: look.narrow ? 12 : 34, right: 18, top: 38, bottom: 36, containLabel: true },
    legend: legend(look),
    tooltip: { ...tip(look), formatter: (p) => `<b>${safe(p.data.name)}</b><br>${safe(spec.names[0])} ${full(p.data.real[0], across)}<br>${safe(spec.names[1])} ${full(p.data.real[1], up)}` },
    xAxis: log(across, spec.names[0], xs.length ? xs : [1]),
    yAxis: { ...log(up, look.narrow ? "" : spec.names[1], ys.length ? ys : [1]), nameGap: 46 },
    series: spec.tones.map(([tone, name], n) => ({
      type: "scatter", name, color: look.tone(tone, n), symbolSize: look.narrow ? 5 : 7,
      itemStyle: { opacity: 0.65 }, cursor: "pointer", markLine: n === 0 && crossed.length ? { ...rule, data: crossed } : undefined,
      data: spec.dots.filter((d) => d[3] === tone).map((d) => ({ value: [least(d[0]), least(d[1])], real: [d[0], d[1]], name: d[2], href: d[4] })),
    })),
  };
}

function pyramid(spec, look) {
  const most = Math.max(...spec.values, 0) || 1;
  const tones = ["gold", "platinum", "iron", "lead"];
  return {
    grid: { left: 12, right: 12, top: 8, bottom: 8, containLabel: true },
    tooltip: { ...tip(look), formatter: (p) => `<b>${safe(spec.labels[p.dataIndex])}</b><br>${safe(spec.texts[p.dataIndex])}` },
    xAxis: { type: "value", min: 0, max: most, show: false },
    yAxis: names(look, spec.labels, { inverse: true, axisLine: { show: false } }),
    series: [
      { type: "bar", stack: "step", silent: true, barWidth: "86%", itemStyle: { color: "transparent" }, data: spec.values.map((v) => (most - v) / 2) },
      {
        type: "bar", stack: "step", barWidth: "86%", barMinHeight: 3,
        data: spec.values.map((v, i) => ({ value: v, href: spec.hrefs[i], cursor: pointer(spec.hrefs[i]), itemStyle: { color: look.tone(tones[i], i), borderRadius: 2 } })),
      },
      { // words over the middle of each step, wider than the step where it is small
        type: "scatter", silent: true, symbolSize: 0.01, data: spec.values.map((v, i) => [most / 2, i]),
        label: { show: true, position: "inside", formatter: (p) => spec.texts[p.dataIndex], fontSize: look.narrow ? 11 : 12.5, color: look.ink, backgroundColor: look.paper, padding: [2, 7], borderRadius: 4 },
      },
    ],
  };
}

function flow(spec, look) {
  const tones = Object.fromEntries(spec.nodes.map(([key, , tone], n) => [key, look.tone(tone, n)]));
  const title = Object.fromEntries(spec.nodes.map(([key, name]) => [key, name]));
  return {
    tooltip: { ...tip(look), formatter: (p) => (p.dataType === "edge" ? `${safe(title[p.data.source])} → ${safe(title[p.data.target])}<br><b>${full(p.value, spec.unit)}</b>` : `${safe(title[p.name])}<br><b>${full(p.value, spec.unit)}</b>`) },
    series: [{
      type: "sankey", left: 8, right: 8, top: 12, bottom: 12, nodeWidth: 14, nodeGap: 10, draggable: false, layoutIterations: 0,
      label: { formatter: (p) => title[p.name], color: look.ink, fontSize: look.narrow ? 11 : 12.5, fontFamily: look.font, textBorderWidth: 0 },
      lineStyle: { color: "source", opacity: 0.32, curveness: 0.5 }, emphasis: { focus: "adjacency" },
      data: spec.nodes.map(([key]) => ({ name: key, itemStyle: { color: tones[key], borderWidth: 0 }, label: { position: key.startsWith("b:") ? "left" : "right" } })),
      links: spec.streams.map(([source, target, value, href]) => ({ source, target, value, href, cursor: pointer(href) })),
    }],
  };
}

export const shapes = { bars, lines, trend, pie, heat, dots, pyramid, flow, net };
