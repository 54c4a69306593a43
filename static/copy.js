"use strict";

// Without scripts one click selects the text; with them a button copies it.
for (const button of document.querySelectorAll("[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (await copied(source)) {
      button.querySelector("span").textContent = button.dataset.copied;
      button.nextElementSibling.textContent = button.dataset.copied;
    }
  });
}

async function copied(source) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(source.textContent);
      return true;
    } catch {
      // Not allowed here: the old way asks nobody.
    }
  }
  // Over plain http there is no clipboard but this.
  getSelection().selectAllChildren(source);
  return document.execCommand("copy");
}
