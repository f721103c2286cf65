/** The funnel is a page of the server; scripts only print it. */

import "../styles/funnel.css";

document.addEventListener("click", (event) => {
  if (event.target instanceof Element && event.target.closest("[data-print]")) print();
});
