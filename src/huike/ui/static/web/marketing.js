// A segment made by pointing: when the list below is filtered anew, its form and its words follow.

function follow() {
  const form = document.querySelector("[data-segment-form]");
  const list = document.getElementById("list");
  if (!form || !list) return;
  const filter = new URLSearchParams(list.dataset.query).get("filter") || "";
  if (form.elements.filter.value === filter) return;
  form.elements.filter.value = filter;
  window.htmx.ajax("GET", `/marketing/segment/told/?${new URLSearchParams({ filter })}`, { target: "#told" });
}

document.body.addEventListener("htmx:load", follow);
document.body.addEventListener("htmx:historyRestore", follow);
