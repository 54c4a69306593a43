"use strict";

// Without scripts the browser's own menu prints.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// The server sends only so many large files at once, and a browser may ask for more: what was refused is asked for
// again, so that no receipt is missing on paper.
for (const image of document.querySelectorAll(".annex img")) {
  let tries = 10;
  const again = () => {
    if (tries-- > 0) setTimeout(() => image.setAttribute("src", image.getAttribute("src")), 2000);
  };
  image.addEventListener("error", again);
  if (image.complete && !image.naturalWidth) again();
}
