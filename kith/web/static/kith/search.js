// The search box: `/` to reach it, arrows to choose, Enter to open, Escape to leave.
// Results come by htmx into the listbox; without JavaScript the form simply searches.
(() => {
  "use strict";
  const input = document.getElementById("search");
  const list = document.getElementById("search-results");
  if (!input || !list) return;
  let chosen = -1;

  const options = () => [...list.querySelectorAll('[role="option"]')];
  const address = (option) => option.getAttribute("href") || option.querySelector("a")?.getAttribute("href");

  function choose(index) {
    const all = options();
    chosen = all.length ? (index + all.length) % all.length : -1;
    all.forEach((option, at) => {
      option.id ||= `search-option-${at}`;
      option.setAttribute("aria-selected", String(at === chosen));
    });
    if (chosen < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", all[chosen].id);
    all[chosen].scrollIntoView({ block: "nearest" });
  }

  function show(open) {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) {
      chosen = -1;
      input.removeAttribute("aria-activedescendant");
    }
  }

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    input.focus();
    input.select();
  });

  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return show(false);
    if (list.hidden && event.key === "ArrowDown" && options().length) show(true);
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(chosen < 0 && event.key === "ArrowUp" ? -1 : chosen + (event.key === "ArrowDown" ? 1 : -1));
    }
    if (event.key === "Enter" && chosen >= 0) {
      const target = address(options()[chosen]);
      if (!target) return;
      event.preventDefault();
      window.location.assign(target);
    }
  });

  list.addEventListener("htmx:afterSwap", () => {
    choose(-1 - options().length);
    chosen = -1;
    options().forEach((option) => option.setAttribute("aria-selected", "false"));
    input.removeAttribute("aria-activedescendant");
    show(document.activeElement === input && input.value.trim() !== "" && list.textContent.trim() !== "");
  });
  input.addEventListener("focus", () => show(input.value.trim() !== "" && list.textContent.trim() !== ""));
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".search")) show(false);
  });
})();
