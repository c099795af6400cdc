// What the form still wants is said before the dialog asks whether one is sure. Without JavaScript the browser
// says it when the dialog's button is pressed.
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.("form [popovertarget]");
    if (opener && !opener.form.reportValidity()) event.preventDefault();
  });
})();
