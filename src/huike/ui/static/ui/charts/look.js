// The colours of the page and how numbers are written on axes and tips.
const language = document.documentElement.lang || "zh-hans";
const chinese = language.startsWith("zh");

export function look(narrow) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const plain = ["1", "2", "3", "4", "5", "6"].map((n) => colour(`--mark-${n}`));
  return {
    narrow,
    colour,
    ink: colour("--ink"), ink2: colour("--ink-2"), line: colour("--line"), paper: colour("--paper"),
    marks: plain,
    tone: (name, n = 0) => (name && colour(`--mark-${name}`)) || plain[n % plain.length],
    on: (depth) => inkOn(colour("--heat-low"), colour("--heat-high"), depth),
    font: getComputedStyle(document.body).fontFamily,
  };
}

function channels(colour) {
  const hex = colour.replace("#", "");
  return [0, 2, 4].map((n) => parseInt(hex.slice(n, n + 2), 16) / 255);
}

function brightness(rgb) {
  const [r, g, b] = rgb.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

// the darker or lighter ink, whichever is easier to read on a field of this depth (0 to 1)
function inkOn(low, high, depth) {
  const field = brightness(channels(low).map((c, n) => c + (channels(high)[n] - c) * depth));
  return (field + 0.05) / 0.06 > 1.05 / (field + 0.05) ? "#101418" : "#ffffff";
}

function trimmed(value, digits) {
  return Number(value.toFixed(digits)).toLocaleString(chinese ? "zh-CN" : "en-GB");
}

// 12000 is 1.2万 to one reader and 12K to another
export function short(value, unit) {
  if (value === null || value === undefined) return "";
  if (unit === "share") return `${trimmed(value * 100, Math.abs(value) < 0.02 ? 1 : 0)}%`;
  const size = Math.abs(value);
  const steps = chinese ? [[1e8, "亿"], [1e4, "万"]] : [[1e9, "B"], [1e6, "M"], [1e3, "K"]];
  const step = steps.find(([least]) => size >= least);
  return step ? `${trimmed(value / step[0], 1)}${step[1]}` : trimmed(value, size < 10 ? 2 : 0);
}

export function full(value, unit) {
  if (value === null || value === undefined) return "—";
  if (unit === "share") return `${trimmed(value * 100, 1)}%`;
  const digits = unit === "whole" ? 0 : 2;
  return value.toLocaleString(chinese ? "zh-CN" : "en-GB", {
    minimumFractionDigits: unit === "money" ? 2 : 0, maximumFractionDigits: digits,
  });
}

export function safe(text) {
  return window.echarts.format.encodeHTML(String(text));
}
