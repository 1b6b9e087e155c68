// Starts what lists add to plain pages; each part is a small module of its own.
import { startBuilder } from "./lists/builder.js";
import { startColumns } from "./lists/columns.js";
import { startCells } from "./lists/cells.js";
import { startDragging } from "./lists/dragging.js";
import { startKeys } from "./lists/keys.js";
import { startPicking } from "./lists/picking.js";

startPicking();
startKeys();
startCells();

function ready() {
  const list = document.getElementById("list");
  if (!list || list.dataset.ready) return;
  list.dataset.ready = "1";
  startBuilder(list);
  startColumns(list);
  startDragging(list);
  const letter = list.querySelector(".letters [aria-current]");
  if (letter) letter.parentElement.scrollLeft = letter.offsetLeft - letter.parentElement.offsetLeft - 120;
}

ready();
document.body.addEventListener("htmx:load", ready);
document.body.addEventListener("htmx:historyRestore", ready);
