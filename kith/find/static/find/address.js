// What was asked for was posted, and is kept under an address: the page takes it, to be loaded again by it.
(() => {
  "use strict";
  const address = document.getElementById("results")?.dataset.address;
  if (address) history.replaceState(history.state, "", address);
})();
