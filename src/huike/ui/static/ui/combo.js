// A link to one of many records: searched as one types. Without this script the name itself is sent.

export function startCombos() {
  const ready = (root) => {
    for (const combo of root.querySelectorAll?.("[data-combobox]:not([data-ready])") || []) new Combo(combo);
  };
  ready(document);
  document.body.addEventListener("htmx:load", (event) => ready(event.target.parentElement || document));
}

class Combo {
  constructor(box) {
    this.box = box;
    this.input = box.querySelector("input");
    this.name = this.input.name;
    box.dataset.ready = "1";
    this.input.addEventListener("input", () => { this.unpick(); clearTimeout(this.timer); this.timer = setTimeout(() => this.ask(), 120); });
    this.input.addEventListener("focus", () => { this.input.select(); });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
  }

  // What is typed stands for itself (a name the server looks up) until one is picked.
  unpick() {
    this.hidden?.remove();
    this.hidden = null;
    this.input.name = this.name;
  }

  async ask() {
    const query = this.input.value.trim();
    if (!query) return this.close();
    const mine = (this.asked = (this.asked || 0) + 1);
    const answer = await fetch(`${this.box.dataset.lookup}?q=${encodeURIComponent(query)}`).catch(() => null);
    if (!answer?.ok || mine !== this.asked) return;
    this.show((await answer.json()).found);
  }

  show(found) {
    this.close();
    this.list = document.createElement("div");
    this.list.className = "combo-list";
    this.list.setAttribute("role", "listbox");
    this.list.id = `${this.input.id}-list`;
    found.forEach((one, n) => this.list.append(this.option(one, n)));
    if (!found.length) this.list.append(Object.assign(document.createElement("p"), { className: "quiet", textContent: this.box.dataset.none }));
    this.box.append(this.list);
    this.input.setAttribute("aria-expanded", "true");
    this.input.setAttribute("aria-controls", this.list.id);
    this.at(0);
  }

  option(one, n) {
    const line = document.createElement("div");
    line.setAttribute("role", "option");
    line.id = `${this.input.id}-o${n}`;
    line.append(Object.assign(document.createElement("span"), { textContent: one.name }));
    if (one.hint) line.append(Object.assign(document.createElement("small"), { textContent: one.hint }));
    line.addEventListener("mousedown", (event) => { event.preventDefault(); this.pick(one); });
    line.one = one;
    return line;
  }

  at(index) {
    const options = [...(this.list?.querySelectorAll("[role=option]") || [])];
    this.index = Math.max(0, Math.min(index, options.length - 1));
    options.forEach((line, n) => line.setAttribute("aria-selected", n === this.index));
    const line = options[this.index];
    if (line) { this.input.setAttribute("aria-activedescendant", line.id); line.scrollIntoView({ block: "nearest" }); }
    return line;
  }

  key(event) {
    if (!this.list) return;
    if (event.key === "ArrowDown") { event.preventDefault(); this.at(this.index + 1); }
    else if (event.key === "ArrowUp") { event.preventDefault(); this.at(this.index - 1); }
    else if (event.key === "Enter") { const line = this.at(this.index); if (line) { event.preventDefault(); this.pick(line.one); } }
    else if (event.key === "Escape") { event.stopPropagation(); event.preventDefault(); this.close(); }
  }

  pick(one) {
    this.unpick();
    this.input.value = one.name;
    this.input.removeAttribute("name");
    this.hidden = Object.assign(document.createElement("input"), { type: "hidden", name: this.name, value: one.key });
    this.box.append(this.hidden);
    this.close();
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  close() {
    this.list?.remove();
    this.list = null;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}
