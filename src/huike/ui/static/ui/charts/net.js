// A net of parties: the one in the middle stands out, every knot leads to its page.
import { safe } from "./look.js";

export function net(spec, look) {
  const many = spec.knots.length > 24;
  const title = Object.fromEntries(spec.knots.map(([key, name]) => [key, name]));
  const sizes = [34, 22, 14];
  const parallel = new Map(); // of the same two knots: each further strand bends more
  const strands = spec.strands.map(([source, target, text, href]) => {
    const pair = [source, target].sort().join();
    const nth = parallel.get(pair) || 0;
    parallel.set(pair, nth + 1);
    return { source, target, text, href, lineStyle: { curveness: nth * 0.18 } };
  });
  return {
    tooltip: {
      backgroundColor: look.paper, borderColor: look.line, textStyle: { color: look.ink, fontSize: 13 }, confine: true,
      formatter: (p) => (p.dataType === "edge" ? `${safe(title[p.data.source])} ${safe(p.data.text)} ${safe(title[p.data.target])}` : safe(p.data.title)),
    },
    legend: spec.groups.length > 1 ? { bottom: 2, data: spec.groups, textStyle: { color: look.ink2, fontFamily: look.font }, itemWidth: 12, itemHeight: 12 } : undefined,
    color: spec.groups.map((_name, n) => look.tone("", n)),
    series: [{
      type: "graph", layout: "force", roam: "move", draggable: true, top: 16, bottom: 44, left: 30, right: 30,
      categories: spec.groups.map((name) => ({ name })), cursor: "pointer",
      force: { layoutAnimation: false, repulsion: look.narrow ? 130 : many ? 240 : 480, edgeLength: look.narrow ? [38, 80] : many ? [60, 130] : [70, 130], gravity: 0.12, initLayout: "circular" },
      edgeSymbol: ["none", "arrow"], edgeSymbolSize: 7,
      label: { show: true, position: "bottom", distance: 3, color: look.ink, fontFamily: look.font, fontSize: 12, textBorderColor: look.paper, textBorderWidth: 3 },
      labelLayout: { hideOverlap: many },
      edgeLabel: { show: !look.narrow && spec.strands.length <= 16, formatter: (p) => p.data.text, color: look.ink2, fontSize: 11, fontFamily: look.font, textBorderColor: look.paper, textBorderWidth: 3 },
      lineStyle: { color: look.ink2, opacity: 0.5, width: 1.2 },
      emphasis: { focus: "adjacency", lineStyle: { width: 2.4 } },
      data: spec.knots.map(([key, name, group, step, href]) => ({
        id: key, name: key, title: name, category: group, href, value: step,
        symbolSize: (sizes[step] || 10) * (look.narrow ? 0.7 : 1),
        itemStyle: step === 0 ? { borderColor: look.ink, borderWidth: 2 } : undefined,
        label: { formatter: name.length > 9 ? `${name.slice(0, 8)}…` : name, fontWeight: step === 0 ? "bold" : "normal", show: !(look.narrow && many && step > 1) },
      })),
      links: strands,
    }],
  };
}
