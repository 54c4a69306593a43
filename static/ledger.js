"use strict";

// What the page does without: a row opens where it was clicked, keys, the count of what is selected, a lost connection.
const list = () => document.getElementById("list");
const line = () => document.getElementById("line");

function isTyping(element) {
  return element.matches("input:not([type=checkbox]), textarea, select");
}

function open(row, cell) {
  const link = row.querySelector(".type a");
  if (link) {
    const name = [...cell.classList].find((each) => each in CELLS);
    htmx.ajax("GET", `${link.getAttribute("href")}?cell=${CELLS[name] ?? "notes"}`, { target: row, swap: "outerHTML" });
  }
}
const CELLS = { type: "type", notes: "notes", tags: "tags", rep: "report", raw: "entered", amt: "entered" };

document.addEventListener("click", (event) => {
  const cell = event.target.closest("#list tbody tr[id] > td:not(.pick, .rcpt)");
  const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey;
  const other = event.target.closest("a, input, label, button, .edit");
  if (cell && plain && (!other || other.matches(".type a"))) {
    event.preventDefault();
    open(cell.parentElement, cell);
  }
});

// The words that were clicked on are those that get the cursor.
document.addEventListener("htmx:afterSwap", () => {
  const first = document.querySelector("[data-first]");
  if (first) {
    first.removeAttribute("data-first");
    const field = first.querySelector("input:not([type=hidden]), select, textarea");
    field.focus();
    field.select?.();
  }
  counted();
});

function counted() {
  const picked = [...document.querySelectorAll("[name=id][form=picked]:checked")];
  const bar = document.querySelector("[data-picked]");
  if (bar && picked.length) {
    const sum = picked.reduce((total, box) => total + Number(box.dataset.amount), 0) / 1000;
    const figure = sum.toLocaleString(document.documentElement.lang, { minimumFractionDigits: 2 });
    bar.textContent = `${picked.length} ${bar.dataset.picked}, ${figure} ${bar.dataset.currency}`;
  }
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-clear]")) {
    for (const box of document.querySelectorAll("[name=id][form=picked]:checked")) box.checked = false;
  }
});

// What asks nothing has no place in an address that may be kept.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb === "get") {
    for (const [name, value] of [...detail.formData]) {
      if (value === "") detail.formData.delete(name);
    }
  }
});
document.addEventListener("change", counted);

const rows = () => [...document.querySelectorAll("#list tbody tr[id]")];

function step(by) {
  const all = rows();
  const here = all.findIndex((row) => row.contains(document.activeElement));
  const row = all[Math.min(Math.max(here + by, 0), all.length - 1)];
  (row?.querySelector(".type a") ?? row?.querySelector("input"))?.focus();
}

const showKeys = () => document.getElementById("keys").showModal();

const KEYS = {
  "/": () => document.getElementById("search").focus(),
  n: () => line()?.focus(),
  j: () => step(1),
  k: () => step(-1),
  x: () => document.activeElement.closest("tr[id]")?.querySelector("[name=id]").click(),
  "?": showKeys,
};

// Who speaks to the computer says letters that are meant for no key (WCAG 2.1.4).
const letters = document.getElementById("letters");
letters.checked = localStorage.getItem("letters") !== "off";
letters.addEventListener("change", () => localStorage.setItem("letters", letters.checked ? "on" : "off"));
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-keys]")) showKeys();
});

document.addEventListener("keydown", (event) => {
  // The line has the cursor again after each deed, and a z is text there.
  const undo = document.querySelector("[data-key=z]");
  if (undo && event.key === "z" && (event.ctrlKey || event.metaKey) && !(isTyping(event.target) && event.target.value)) {
    event.preventDefault();
    undo.click();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape") {
    document.activeElement.closest(".edit")?.querySelector("[data-key=Escape]").click();
    return;
  }
  if (isTyping(event.target)) {
    if (event.key === "Enter" && event.target.matches(".edit textarea") && !event.shiftKey) {
      event.preventDefault();
      event.target.form.requestSubmit();
    }
    return;
  }
  if (!letters.checked) return;
  const button = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  const act = KEYS[event.key] ?? (button && (() => button.click()));
  if (act) {
    event.preventDefault();
    act();
  }
});

// Nothing that was typed is lost with the connection: it stands where it stood, and the page says so, unless outbox.js
// has kept it.
for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => {
    if (!event.defaultPrevented) document.getElementById("lost").hidden = false;
  });
}
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) document.getElementById("lost").hidden = true;
});

setInterval(() => {
  for (const time of document.querySelectorAll("time[data-since]")) {
    const minutes = Math.max(Math.floor((Date.now() - Date.parse(time.dataset.since)) / 60_000), 0);
    time.textContent = `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
  }
}, 10_000);

document.documentElement.classList.add("scripted");
