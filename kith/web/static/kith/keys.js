// Keys: what carries data-key is pressed by that key, `?` lists those of the page, Ctrl+Enter saves the form
// one is in. Without JavaScript everything is clicked. Keys of one letter can be switched off: who speaks to the
// computer presses letters without meaning to.
(() => {
  "use strict";
  const SWITCH = "kith-keys";
  const typing = "input:not([type=file]), textarea, select, [contenteditable]";
  const isOn = () => localStorage.getItem(SWITCH) !== "off";
  const dialog = document.getElementById("keys");
  const isOver = () => document.querySelector("dialog[open], [popover]:popover-open");
  const says = (one) => {
    if (one.dataset.keySays) return one.dataset.keySays;
    const words = one.cloneNode(true);
    words.querySelectorAll("kbd, svg").forEach((part) => part.remove());
    return words.textContent.trim();
  };

  function press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.closest?.(typing)) return;
    if (event.key === "?") return dialog.open ? dialog.close() : list();
    if (!isOn() || isOver()) return;
    if (event.key === "Enter" && event.target.closest?.("a, button, summary")) return;
    if (document.querySelector("#main.htmx-request, #main .htmx-request")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const wanted = document.querySelector(`main [data-key="${CSS.escape(key)}"]:not(:disabled)`);
    if (!wanted) return;
    event.preventDefault();
    if (wanted.matches(typing)) wanted.focus();
    else wanted.click();
  }

  function save(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat) return;
    const form = event.target.closest?.("form");
    if (form?.method !== "post") return;
    const button = form.querySelector("[type=submit].button-main:not(:disabled)");
    event.preventDefault();
    if (button) button.click();
    else form.requestSubmit();
  }

  function line(key, words) {
    const row = document.createElement("div");
    const name = document.createElement("dt");
    const what = document.createElement("dd");
    name.appendChild(document.createElement("kbd")).textContent = key.length === 1 ? key.toUpperCase() : key;
    what.textContent = words;
    row.append(name, what);
    return row;
  }

  function list() {
    const here = new Map();
    document.querySelectorAll("main [data-key]").forEach((one) => {
      if (!here.has(one.dataset.key)) here.set(one.dataset.key, says(one));
    });
    const rows = [...here].map(([key, words]) => line(key, words));
    rows.push(line("/", "Search"), line("Ctrl+Enter", "Save what you are typing"), line("?", "This list"));
    dialog.querySelector("dl").replaceChildren(...rows);
    dialog.querySelector("input").checked = isOn();
    if (!isOver()) dialog.showModal();
  }

  document.addEventListener("keydown", press);
  document.addEventListener("keydown", save);
  dialog.querySelector("input").addEventListener("change", (event) => {
    localStorage.setItem(SWITCH, event.target.checked ? "on" : "off");
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-keys-list]");
    if (!button) return;
    button.closest("[popover]")?.hidePopover();
    list();
  });

  // What was refused: typing goes on where it is wrong.
  const mend = (within) => {
    if (!within?.querySelector || within.querySelector("[autofocus]")) return;
    within.querySelector(".field-wrong :is(input, select, textarea):not([type=hidden])")?.focus();
  };
  mend(document.getElementById("main"));
  // A field that waits for typing has its text chosen, as a field reached by Tab has.
  document.addEventListener("htmx:afterSettle", (event) => {
    mend(event.target);
    const field = document.activeElement;
    if (field?.matches("input[autofocus]:not([type=file], [type=checkbox], [type=radio])")) field.select();
  });
})();
