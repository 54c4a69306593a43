"use strict";

// Once a page is there, and no sooner: the worker, which keeps what is typed without a net (worker.js). Browsers give it
// to https and to localhost only; elsewhere, and where one forbids it, all else works as it does.
const { owner: ownerOfPage } = document.currentScript.dataset;

async function wake(message) {
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage(message);
}

if (navigator.serviceWorker) {
  addEventListener("load", () => {
    navigator.serviceWorker.register("/worker.js").catch(() => {});
    wake({ owner: ownerOfPage });
  });
  addEventListener("online", () => wake({}));
  document.addEventListener("visibilitychange", () => document.hidden || wake({}));
}
