// Cards dragged to another column and rows dragged to another day: written at once, or put back.

export function startDragging(list) {
  const board = list.querySelector("[data-board][data-can-move]");
  const month = list.querySelector("[data-month][data-can-move]");
  if (!window.Sortable) return;
  if (board) for (const box of board.querySelectorAll(".cards")) drag(list, box, board.dataset.board, ".card-row", "board");
  if (month) for (const box of month.querySelectorAll(".day-rows")) drag(list, box, month.dataset.month, ".day-row", "month");
}

function drag(list, box, field, draggable, group) {
  new window.Sortable(box, {
    group, draggable, animation: 120, delay: 150, delayOnTouchOnly: true, sort: false,
    onEnd: (event) => { if (event.from !== event.to) moved(list, event, field); },
  });
}

async function moved(list, event, field) {
  const { item, from, to } = event;
  const token = JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"];
  const body = new URLSearchParams({ field, value: to.dataset.value, seen: from.dataset.value });
  const answer = await fetch(`/${list.dataset.key}/${item.dataset.pk}/move/`, { method: "POST", body, headers: { "X-CSRFToken": token, "HX-Request": "true" } }).catch(() => null);
  const news = JSON.parse(answer?.headers.get("HX-Trigger") || "{}");
  if (news.notices) document.body.dispatchEvent(new CustomEvent("notices", { detail: { value: news.notices } }));
  if (answer?.ok) { count(from, -1); count(to, 1); return; }
  from.insertBefore(item, from.children[event.oldIndex] || null);
  if (!answer) document.body.dispatchEvent(new CustomEvent("htmx:sendError"));
}

function count(box, by) {
  const mark = box.parentElement.querySelector("[data-count]");
  if (mark) mark.textContent = (Number(mark.textContent.replace(/\D/g, "")) + by).toLocaleString();
}
