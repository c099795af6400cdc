// Splitting a contact: a System Ref goes into another part by its choice, by the part's number, or by dragging.
// The choice is what is sent; without JavaScript it is all there is.
(() => {
  "use strict";
  const parts = document.querySelector(".parts");
  const said = document.getElementById("split-said");
  if (!parts) return;
  parts.classList.add("is-live");
  const choiceOf = (card) => card.querySelector(".part-choice");

  function put(card, number) {
    const choice = choiceOf(card);
    const part = parts.querySelector(`.part[data-part="${number}"]`);
    if (!part || ![...choice.options].some((option) => option.value === String(number))) return;
    choice.value = number;
    if (card.closest(".part") === part) return;
    part.querySelector(".part-cards").append(card);
    said.textContent = `Now in part ${number}.`;
  }

  parts.addEventListener("change", (event) => {
    const card = event.target.closest(".part-card");
    put(card, event.target.value);
    choiceOf(card).focus();
  });

  parts.addEventListener("keydown", (event) => {
    const card = event.target.closest(".part-card");
    if (!card || !/^[1-9]$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    put(card, event.key);
    choiceOf(card).focus();
  });

  function partAt(x, y) {
    return document.elementsFromPoint(x, y).map((one) => one.closest(".part")).find(Boolean);
  }

  parts.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest(".part-handle");
    // A finger on a card scrolls the page; it has the choice of the part.
    if (!handle || event.button !== 0 || event.pointerType === "touch") return;
    const card = handle.closest(".part-card");
    const from = { x: event.pageX, y: event.pageY };
    let over = null;
    const whole = new AbortController();
    handle.setPointerCapture(event.pointerId);

    function move(moved) {
      card.classList.add("is-held");
      card.style.transform = `translate(${moved.pageX - from.x}px, ${moved.pageY - from.y}px)`;
      over?.classList.remove("is-over");
      over = partAt(moved.clientX, moved.clientY);
      over?.classList.add("is-over");
    }
    function end(ended) {
      whole.abort();
      card.classList.remove("is-held");
      card.style.transform = "";
      over?.classList.remove("is-over");
      if (ended.type === "pointerup" && over) put(card, over.dataset.part);
    }
    for (const [name, listener] of [["pointermove", move], ["pointerup", end], ["pointercancel", end]]) {
      handle.addEventListener(name, listener, { signal: whole.signal });
    }
  });
})();
