// Rules in order by dragging their grip. The order of the elements is the order that is sent;
// without JavaScript the arrow buttons do the same.
(() => {
  "use strict";
  let dragged = null;

  const itemOf = (target) => (target instanceof Element ? target.closest("[data-order-item]") : null);
  const arm = (event, on) => {
    const item = itemOf(event.target);
    if (item && event.target.closest("[data-order-grip]")) item.draggable = on;
  };

  document.addEventListener("pointerdown", (event) => arm(event, true));
  document.addEventListener("pointerup", (event) => arm(event, false));

  document.addEventListener("dragstart", (event) => {
    dragged = itemOf(event.target);
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    dragged.classList.add("rule-dragged");
  });

  document.addEventListener("dragover", (event) => {
    const over = itemOf(event.target);
    if (!dragged || !over || over === dragged || over.parentElement !== dragged.parentElement) return;
    event.preventDefault();
    const box = over.getBoundingClientRect();
    const below = event.clientY > box.top + box.height / 2;
    over.parentElement.insertBefore(dragged, below ? over.nextSibling : over);
  });

  document.addEventListener("drop", (event) => { if (dragged) event.preventDefault(); });

  document.addEventListener("dragend", () => {
    if (!dragged) return;
    dragged.classList.remove("rule-dragged");
    dragged.draggable = false;
    const numbers = dragged.parentElement.querySelectorAll(".rule-number");
    numbers.forEach((number, at) => { number.textContent = String(at + 1); });
    dragged = null;
  });
})();
