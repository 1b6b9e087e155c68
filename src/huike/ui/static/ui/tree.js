// Trees edited by dragging: <section data-tree="/address/"> asks /address/<key>/move/ and takes its answer.

export function startTrees() {
  for (const tree of document.querySelectorAll("[data-tree]")) {
    if (!window.Sortable || tree.dataset.ready) continue;
    tree.dataset.ready = "1";
    for (const list of tree.querySelectorAll(".twigs")) drag(tree, list);
  }
}

function drag(tree, list) {
  new window.Sortable(list, {
    group: tree.id, draggable: ".twig", handle: ".grip", animation: 120, fallbackOnBody: true, swapThreshold: 0.6,
    onEnd: ({ item, to, from, newDraggableIndex, oldDraggableIndex }) => {
      if (to === from && newDraggableIndex === oldDraggableIndex) return;
      const more = tree.dataset.view === undefined ? {} : { view: tree.dataset.view };
      window.htmx.ajax("POST", `${tree.dataset.tree}${item.dataset.pk}/move/`, {
        target: tree.dataset.target || `#${tree.id}`, swap: "outerHTML show:none",
        values: { parent: to.dataset.parent, place: newDraggableIndex, ...more },
      });
    },
  });
}
