// The value of one condition: the right control for each kind of field and comparison, with read().

const make = (tag, more) => Object.assign(document.createElement(tag), more);
const TYPES = { date: "date", moment: "date", number: "text", money: "text", whole: "text", share: "text" };

export function valueInput(field, op, value, words, names) {
  if (op === "this") return units(value, words);
  if (op === "last" || op === "next") return line({ type: "number", min: 1, max: 40000, value: value ?? 30 }, words.value, words.days);
  if (op === "between") return between(field, value, words);
  if (field.options) return options(field, op, value, words);
  if (field.lookup) return lookup(field, op, value, words, names);
  if (SEVERAL.has(op)) return several(field, value, words);
  return line({ type: TYPES[field.kind] || "text", value: value ?? "" }, words.value);
}

function line(attributes, label, after) {
  const box = make("span", { className: "f-value" });
  const input = make("input", { className: "form-control", ...attributes });
  input.setAttribute("aria-label", label);
  box.append(input, ...(after ? [make("span", { textContent: after, className: "quiet" })] : []));
  box.read = () => input.value.trim();
  return box;
}

function several(field, value, words) {
  const box = line({ type: "text", value: [value ?? []].flat().join(", "), placeholder: words.several }, words.value);
  const read = box.read;
  box.read = () => read().split(/[,，、]/).map((one) => one.trim()).filter(Boolean);
  return box;
}

function between(field, value, words) {
  const [low, high] = Array.isArray(value) ? value : ["", ""];
  const type = TYPES[field.kind] || "text";
  const box = make("span", { className: "f-value" });
  const inputs = [low, high].map((one) => { const input = make("input", { className: "form-control", type, value: one ?? "" }); input.setAttribute("aria-label", words.value); return input; });
  box.append(inputs[0], make("span", { textContent: words.to, className: "quiet" }), inputs[1]);
  box.read = () => inputs.every((one) => one.value.trim()) ? inputs.map((one) => one.value.trim()) : "";
  return box;
}

function units(value, words) {
  const select = make("select", { className: "form-select" });
  select.setAttribute("aria-label", words.value);
  select.append(...["day", "week", "month", "year"].map((one) => new Option(words[one], one, false, one === (value || "month"))));
  select.read = () => select.value;
  return select;
}

const SEVERAL = new Set(["in", "out", "below"]);

function options(field, op, value, words) {
  if (!SEVERAL.has(op)) {
    const select = make("select", { className: "form-select" });
    select.setAttribute("aria-label", words.value);
    select.append(...field.options.map(([name, label]) => new Option(label, name, false, String(name) === String([value].flat()[0]))));
    select.read = () => select.value;
    return select;
  }
  const chosen = new Set([value ?? []].flat().map(String));
  const box = make("span", { className: "picks" });
  for (const [name, label] of field.options) {
    const pick = make("label", { className: "pick" });
    pick.append(make("input", { type: "checkbox", value: name, checked: chosen.has(String(name)) }), make("span", { textContent: label }));
    box.append(pick);
  }
  box.read = () => [...box.querySelectorAll("input:checked")].map((one) => one.value);
  return box;
}

function lookup(field, op, value, words, names) {
  const box = make("span", { className: "f-value" });
  const picked = new Map([value ?? []].flat().filter((one) => one !== "").map((key) => [String(key), names[`${field.name}:${key}`] || String(key)]));
  const input = make("input", { className: "form-control", placeholder: words.search });
  input.setAttribute("list", `look-${Math.random().toString(36).slice(2)}`);
  input.setAttribute("aria-label", words.value);
  const offers = make("datalist", { id: input.getAttribute("list") });
  let found = [], timer;
  const show = () => {
    for (const old of box.querySelectorAll(".f-picked")) old.remove();
    for (const [key, name] of picked) {
      const mark = make("span", { className: "f-picked", textContent: name });
      const gone = make("button", { type: "button", textContent: "×" });
      gone.setAttribute("aria-label", words.remove);
      gone.addEventListener("click", (event) => { event.stopPropagation(); picked.delete(key); show(); });
      mark.append(gone);
      box.prepend(mark);
    }
  };
  const take = () => {
    const one = found.find((each) => each.name === input.value);
    if (!one) return;
    if (!SEVERAL.has(op)) picked.clear();
    picked.set(String(one.key), one.name);
    input.value = "";
    show();
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    take();
    if (input.value) timer = setTimeout(async () => {
      const answer = await fetch(`${field.lookup}?q=${encodeURIComponent(input.value)}`).catch(() => null);
      if (!answer?.ok) return;
      found = (await answer.json()).found;
      offers.replaceChildren(...found.map((each) => make("option", { value: each.name, label: each.hint || "" })));
    }, 150);
  });
  input.addEventListener("change", take);
  box.append(input, offers);
  show();
  box.read = () => { const keys = [...picked.keys()].map(Number); return SEVERAL.has(op) ? keys : keys[0] ?? input.value.trim(); };
  return box;
}
