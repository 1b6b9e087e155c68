// Sections and fields of a layout dragged to their places; the hidden items go along, so the form says it all.
function start() {
  const form = document.querySelector("[data-arrange]");
  if (!form || !window.Sortable || form.dataset.ready) return;
  form.dataset.ready = "1";
  const zones = { group: "fields", draggable: ".chip", handle: ".grip", animation: 120, fallbackOnBody: true, scroll: true };
  for (const zone of form.querySelectorAll("[data-zone]")) new window.Sortable(zone, zones);
  new window.Sortable(form.querySelector(".arrange-parts"), { draggable: ".arrange-part", handle: ".arrange-head > .grip", animation: 120 });
}

// a preview opens in a page of its own, so it must not be asked for as a part of this one
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.triggeringEvent?.submitter?.dataset.preview === undefined) return;
  event.preventDefault();
  const { submitter } = event.detail.triggeringEvent;
  const form = submitter.form;
  form.action = submitter.formAction; form.target = "_blank"; form.submit();
  form.removeAttribute("target"); form.action = form.getAttribute("hx-post");
});

start();
document.body.addEventListener("htmx:load", start);
window.addEventListener("load", start);
