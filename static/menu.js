"use strict";

// A menu closes when the focus leaves it, or it would cover what has the focus next, and by Escape, which leads back to
// what opened it. Who clicks on its own words has not left it: the page's focus goes to what is around it then.
document.addEventListener("focusout", ({ target, relatedTarget }) => {
  const menu = target.closest("details.menu");
  if (menu && relatedTarget && !menu.contains(relatedTarget) && !relatedTarget.contains(menu)) menu.open = false;
});

document.addEventListener("keydown", ({ key, target }) => {
  const menu = key === "Escape" && target.closest("details.menu[open]");
  if (menu) {
    menu.querySelector("summary").focus();
    menu.open = false;
  }
});
