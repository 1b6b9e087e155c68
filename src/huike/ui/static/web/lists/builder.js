// The filter builder: conditions and groups of them, nested, pointed together; the result is the address.
import { go, query } from "./going.js";
import { valueInput } from "./values.js";

export function startBuilder(list) {
  const drop = list.querySelector("#filter-drop");
  const box = drop?.querySelector("[data-builder]");
  if (!box) return;
  drop.addEventListener("toggle", () => { if (drop.open && !box.dataset.ready) load(box); });
}

async function load(box) {
  box.dataset.ready = "1";
  const answer = await fetch(box.dataset.builder, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return; // the plain form stays
  new Builder(box, await answer.json(), JSON.parse(box.dataset.words));
}

class Builder {
  constructor(box, catalogue, words) {
    this.catalogue = catalogue;
    this.words = words;
    this.fields = new Map(catalogue.groups.flatMap((group) => group.fields.map((field) => [field.name, field])));
    const tree = catalogue.filter;
    this.root = this.group(!tree ? { all: [] } : Array.isArray(tree) ? { all: [tree] } : tree, true);
    const foot = make("div", { className: "f-foot" });
    foot.append(
      button(words.apply, "btn btn-primary btn-sm", () => this.apply()),
      button(words.clear, "btn btn-sm", () => go(query({ filter: "" }))),
    );
    box.replaceChildren(this.root, foot);
    if (!this.root.querySelector(".f-leaf")) this.add(this.root);
    box.addEventListener("keydown", (event) => { if (event.key === "Enter" && event.target.matches("input:not([role=combobox])")) { event.preventDefault(); this.apply(); } });
    box.querySelector(".f-leaf select")?.focus();
  }

  group(tree, isRoot = false) {
    const [word, branches] = Object.entries(tree)[0];
    const node = make("div", { className: "f-group" });
    node.setAttribute("role", "group");
    const head = make("div", { className: "f-head" });
    const select = choose([["all", this.words.all], ["any", this.words.any], ["none", this.words.none]], word);
    head.append(select);
    if (!isRoot) head.append(button(this.words.remove, "btn btn-sm btn-ghost", () => node.remove()));
    const feet = make("div", { className: "f-foot" });
    feet.append(
      button(`+ ${this.words.add}`, "btn btn-sm", () => this.add(node)),
      button(`+ ${this.words.group}`, "btn btn-sm btn-ghost", () => { const inner = this.group({ any: [] }); feet.before(inner); this.add(inner); }),
    );
    node.append(head, feet);
    for (const branch of branches || []) feet.before(Array.isArray(branch) ? this.leaf(branch) : this.group(branch));
    node.read = () => {
      const held = [...node.children].filter((child) => child.read).map((child) => child.read()).filter(Boolean);
      return held.length ? { [select.value]: held } : null;
    };
    return node;
  }

  add(node) {
    const leaf = this.leaf([this.catalogue.groups[0].fields[0].name, "", null]);
    node.querySelector(":scope > .f-foot").before(leaf);
    leaf.querySelector("select").focus();
  }

  leaf([name, op, value]) {
    const node = make("div", { className: "f-leaf" });
    const field = this.fieldSelect(name);
    const ops = make("select", { className: "form-select" });
    ops.setAttribute("aria-label", this.words.operator);
    const slot = make("div", { className: "f-value" });
    const told = () => this.fields.get(field.value);
    const fillOps = (chosen) => { ops.replaceChildren(...told().operators.map((one) => new Option(this.catalogue.operators[one], one, false, one === chosen))); };
    const fillValue = (given) => { slot.input = this.catalogue.unary.includes(ops.value) ? null : valueInput(told(), ops.value, given, this.words, this.catalogue.names); slot.replaceChildren(...(slot.input ? [slot.input] : [])); };
    field.addEventListener("change", () => { fillOps(); fillValue(null); });
    ops.addEventListener("change", () => fillValue(slot.input?.read() ?? null));
    fillOps(op);
    fillValue(value);
    node.append(field, ops, slot, button("×", "btn btn-sm btn-ghost", () => node.remove(), this.words.remove));
    node.read = () => {
      if (!slot.input) return [field.value, ops.value];
      const read = slot.input.read();
      const isEmpty = read === "" || read === null || (Array.isArray(read) && read.every((one) => one === ""));
      return isEmpty ? null : [field.value, ops.value, read];
    };
    return node;
  }

  fieldSelect(name) {
    const select = make("select", { className: "form-select" });
    select.setAttribute("aria-label", this.words.field);
    for (const group of this.catalogue.groups) {
      const part = document.createElement("optgroup");
      part.label = group.label;
      part.append(...group.fields.map((one) => new Option(one.label, one.name, false, one.name === name)));
      select.append(part);
    }
    if (!this.fields.has(name)) { select.selectedIndex = 0; }
    return select;
  }

  apply() {
    const tree = this.root.read();
    const only = tree && Object.values(tree)[0];
    const kept = only?.length === 1 && !tree.none ? only[0] : tree;
    go(query({ filter: kept ? JSON.stringify(kept) : "" }));
  }
}

export function make(tag, more) {
  return Object.assign(document.createElement(tag), more);
}

function button(text, className, act, label) {
  const one = make("button", { type: "button", className, textContent: text });
  if (label) { one.setAttribute("aria-label", label); one.title = label; }
  one.addEventListener("click", (event) => { event.stopPropagation(); act(); });
  return one;
}

function choose(options, value) {
  const select = make("select", { className: "form-select" });
  select.append(...options.map(([name, label]) => new Option(label, name, false, name === value)));
  return select;
}
