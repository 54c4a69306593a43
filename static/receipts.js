"use strict";

// Receipts are dropped on a row or on the page of an expense, or chosen there, and sent one by one: all of them together
// may be more than a request can hold.
const said = document.getElementById("said");
let visit;
let queue = Promise.resolve();

// What is sent again on the same page is added once. A page that comes back by "Back" is another: what was removed
// meanwhile may be added anew.
addEventListener("pageshow", () => {
  visit = crypto.getRandomValues(new Uint32Array(4)).join("-");
});

function say(text) {
  said.firstElementChild.textContent = text;
  said.hidden = false;
  document.getElementById("dock").prepend(said);
}

async function sent(url, file) {
  if (file.size > Number(said.dataset.most)) {
    return { is_refused: true, said: said.dataset.large.replace("{name}", () => file.name) };
  }
  const form = new FormData();
  form.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
  form.set("once", [visit, new URL(url, location).pathname, file.size, file.lastModified, encodeURIComponent(file.name)].join(" ").slice(0, 250));
  form.set("receipt", file);
  const answer = await fetch(url, {
    method: "POST", body: form, headers: { Accept: "application/json" }, redirect: "error",
  });
  return answer.json();
}

async function sendAll(place, files) {
  const to = place.querySelector("[data-drop]");
  const [url, again] = to.href ? [to.href, new URL("../line/", to.href).pathname] : [to.action, location.href];
  const refused = [];
  let added = "";
  place.setAttribute("aria-busy", "true");
  try {
    for (const [index, file] of files.entries()) {
      say(`${said.dataset.sending} ${index + 1} / ${files.length}`);
      const answer = await sent(url, file);
      if (answer.is_refused) refused.push(answer.said);
      else added = answer.said;
    }
    await htmx.ajax("GET", again, { target: `#${place.id}`, swap: "outerHTML settle:0ms" }); // then its classes stay
    document.querySelector(`tr#${place.id}`)?.classList.add("fresh");
    say([...refused, added].join("\n").trim());
  } catch {
    say(said.dataset.lost);
    place.removeAttribute("aria-busy");
    to.reset?.(); // a file that is chosen again must be a change
  }
}

function send(place, files) {
  if (files.length) queue = queue.then(() => sendAll(place, files));
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-drop] [type=file]")) send(document.getElementById("receipts"), [...event.target.files]);
});

// A picture of this page has a file, too; it is here already.
let isFromHere = false;
document.addEventListener("dragstart", () => {
  isFromHere = true;
});
document.addEventListener("dragend", () => {
  isFromHere = false;
});
const hasFiles = (event) => !isFromHere && event.dataTransfer.types.includes("Files");

function placeOf(event) {
  const element = event.target instanceof Element ? event.target : event.target.parentElement; // Firefox names a text
  const place = element.closest("#list tr[id], #receipts");
  return place?.querySelector("[data-drop]") ? place : null;
}

function mark(place) {
  for (const other of document.querySelectorAll(".over")) other.classList.remove("over");
  place?.classList.add("over");
}

// Elsewhere, too: a browser would leave the page and show the file.
document.addEventListener("dragover", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  const place = placeOf(event);
  event.dataTransfer.dropEffect = place ? "copy" : "none";
  mark(place);
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) mark(null);
});
document.addEventListener("drop", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  mark(null);
  const place = placeOf(event);
  if (place) send(place, [...event.dataTransfer.files]);
});

// On the page of an expense: back to where one came from, with what was looked for there; and from one to the next.
const back = document.querySelector("[data-back]");
if (back) {
  const from = new URL(document.referrer || location);
  if (from.origin === location.origin && !/^\/(accounts|expenses|receipts)\//.test(from.pathname)) {
    sessionStorage.setItem("back", from);
  }
  back.href = sessionStorage.getItem("back") ?? back.href;
}
const STEPS = {
  Escape: "[data-back]",
  ArrowLeft: ".thumbs li:has(+ li > [aria-current]) > a",
  ArrowRight: ".thumbs li:has(> [aria-current]) + li > a",
};
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) && event.key in STEPS) {
    document.querySelector(STEPS[event.key])?.click();
  }
});

document.documentElement.classList.add("scripted");
