"use strict";

// What is added is kept first (kept.js). It goes at once where nothing waits before it; else, and where it does not get
// through, it is shown below the entry line and sent by the worker (worker.js), with the key that its form had when it was
// typed: nothing is lost, and nothing is added twice.
const outbox = document.getElementById("outbox");
const channel = navigator.serviceWorker && new BroadcastChannel("outbox");
const PATIENCE = 30_000; // milliseconds until the worker tries instead of the page
const onTheirWay = new Map(); // forms, and what is to be told of their answers
let photosOfNext = [];
let waits;
let lasts;
let listed = Promise.resolve();

// A page says whose it is; one that is shown without a net is whoever's was here last.
const whose = async () => document.querySelector("[data-owner]")?.dataset.owner ?? (await kept.owner());
const keeps = () => Boolean(navigator.serviceWorker?.controller);
// Held by the page that sends a line itself, also when that page is killed before it knows what came of it.
const lockOf = (key) => `page ${key}`;

async function showOutbox() {
  const owner = await whose();
  const sending = new Set((await navigator.locks.query()).held.map((lock) => lock.name));
  const lines = (owner ? await kept.lines(owner) : []).filter((line) => !sending.has(lockOf(line.key)));
  const closed = await kept.lines("");
  const shared = owner ? await kept.shared(owner) : [];
  photosOfNext = owner ? await kept.photos(owner) : [];
  showLines(outbox.querySelector("[data-waiting] ol"), lines);
  showLines(outbox.querySelector("[data-closed] ol"), closed);
  showNames("photos-of-next", photosOfNext);
  showNames("shared", shared);
  outbox.querySelector("[data-waiting]").hidden = !lines.length;
  outbox.querySelector("[data-closed]").hidden = !closed.length;
  outbox.querySelector("[data-send]").hidden = lines.every((each) => each.refusal);
  const said = outbox.querySelector("[data-said]").textContent || !outbox.querySelector("[data-unkept]").hidden;
  outbox.hidden = ![lines, closed, shared, photosOfNext].some((each) => each.length) && !said;
}

function showNames(what, files) {
  const place = outbox.querySelector(`[data-${what}]`);
  place.hidden = !files.length;
  place.querySelector("[data-names]").textContent = files.map((each) => each.name).join(", ");
}

// One that is being corrected stays as it is.
function showLines(list, lines) {
  const before = new Map([...list.children].map((item) => [item.dataset.name, item]));
  const name = (line) => [line.id, line.key, line.files.length, line.refusal, line.trouble].join(" ");
  if ([...before.keys()].join() === lines.map(name).join()) return;
  list.replaceChildren(...lines.map((line) => before.get(name(line)) ?? itemOf(line, name(line))));
}

function itemOf(line, name) {
  const template = document.getElementById(line.refusal && line.owner ? "refused" : "waiting");
  const item = template.content.firstElementChild.cloneNode(true);
  const language = document.documentElement.lang;
  const put = (what, text) => {
    const place = item.querySelector(`[data-${what}]`);
    if (place) place.textContent = text;
  };
  item.dataset.name = name;
  put("text", line.text);
  put("why", line.refusal);
  put("trouble", line.trouble ?? "");
  put("when", new Date(line.typed).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" }));
  put("with", line.files.map((each) => each.name).join(", "));
  item.querySelector("[data-remove]").addEventListener("click", async () => {
    await kept.remove(line.id);
    await changed();
    document.getElementById("line")?.focus(); // the button has gone
  });
  const form = item.querySelector("form");
  if (form) {
    form.elements.text.value = line.text;
    const why = item.querySelector("[data-why]");
    why.id = `why-${line.id}`;
    form.elements.text.setAttribute("aria-describedby", why.id);
    const leaveOut = item.querySelector("[data-leave-out]");
    leaveOut.hidden = !line.files.length;
    leaveOut.addEventListener("click", async () => {
      await kept.change(line.id, { text: form.elements.text.value, files: [] });
      await changed();
      outbox.querySelector(`[aria-describedby=${why.id}]`).focus();
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const text = form.elements.text.value;
      await kept.change(line.id, { text, key: crypto.randomUUID(), tried: 0, refusal: "" });
      await changed();
      wake({});
    });
  }
  return item;
}

// Other tabs show it, too.
async function changed() {
  channel.postMessage({});
  await showOutbox();
}

// `issue` lets the page send the form itself, if it can. The form may say something else by the time that all is done.
async function add(form, issue) {
  const { q, once } = form.elements;
  const sent = { text: q.value, key: once.value, typed: Date.now() };
  const line = await navigator.locks.request(lockOf(sent.key), { ifAvailable: true }, async (lock) => {
    const added = await keptLine(form, sent, Boolean(lock && issue)).catch(() => {
      if (issue && !photosOfNext.length) issue(true);
      else unkept();
    });
    if (!added?.goes || !form.isConnected || !isSettled(await answerOf(form, issue))) return added;
    return kept.remove(added.id);
  });
  if (!line) return;
  if (once.value === sent.key) once.value = crypto.randomUUID();
  if (form.id === "entry" && q.value === sent.text) {
    q.value = "";
    for (const chip of document.querySelectorAll("#understood > :not(datalist)")) chip.remove();
  }
  outbox.querySelector("[data-unkept]").hidden = true;
  sayInOutbox("");
  await changed();
  tell(sent.text);
  last();
  wake({});
}

// Else a browser that needs room may throw away what is kept.
function last() {
  lasts ??= navigator.storage.persist?.();
}

async function keptLine(form, sent, wouldGo) {
  const owner = await whose();
  if (!owner) throw new Error("whoever was here has signed out");
  return kept.add({ ...sent, owner }, { takesPhotos: form.id === "entry", wouldGo });
}

function answerOf(form, issue) {
  return new Promise((resolve) => {
    onTheirWay.set(form, resolve);
    issue(true);
  }).finally(() => onTheirWay.delete(form));
}

// The page shows what came of it. It did not, where the server came to nothing, had forgotten the form (403), or asks who
// is there.
function isSettled(answer) {
  return answer.status && answer.status < 500 && answer.status !== 403 && !answer.getResponseHeader("HX-Redirect");
}

// There is no room left, or the browser lets nothing be kept.
function unkept() {
  outbox.querySelector("[data-unkept]").hidden = false;
  outbox.hidden = false;
}

function sayInOutbox(text) {
  outbox.querySelector("[data-said]").textContent = text;
}

// A place that stands on the page before it is filled: what else appears is not read out.
function tell(text) {
  const place = document.getElementById("outbox-told");
  place.textContent = `${place.dataset.words} ${text}`;
}

if (navigator.serviceWorker) {
  channel.addEventListener("message", async ({ data }) => {
    if (data.state) heardFromWorker(data);
    await showOutbox();
    if (data.said) listed = listed.then(showList);
  });

  const showKeeping = () => document.documentElement.classList.toggle("keeps", keeps());
  navigator.serviceWorker.addEventListener("controllerchange", showKeeping);
  showKeeping();
  showOutbox();
  if (location.hash === "#unkept") unkept();
}

// One after the other: an answer is put in the place of the list that stood there as it was asked for, and is lost where
// another one has replaced that meanwhile.
function showList() {
  if (!document.getElementById("list") || document.querySelector("#list .edit")) return undefined;
  return htmx.ajax("GET", location.href, { target: "#list", swap: "outerHTML" }).catch(() => {});
}

function heardFromWorker({ state, said, why, again }) {
  for (const each of ["away", "out"]) outbox.querySelector(`[data-${each}]`).hidden = each !== state;
  outbox.querySelector("[data-told]").textContent = why ?? "";
  sayInOutbox(said);
  clearTimeout(waits);
  if (again) waits = setTimeout(() => wake({}), Math.min(Math.max(again, 1), 3600) * 1000);
}

const CLICKS = {
  photos: () => document.getElementById("photos").click(),
  "photos-drop": async () => kept.photosDrop(await whose()).then(changed),
  "shared-take": async () => kept.sharedTake(await whose()).then(changed),
  "shared-drop": async () => kept.sharedDrop(await whose()).then(changed),
  send: () => wake({}),
};
document.addEventListener("click", ({ target }) => {
  for (const [name, act] of Object.entries(CLICKS)) {
    if (target.closest(`[data-${name}]`)) act();
  }
});

document.addEventListener("change", async ({ target }) => {
  if (target.id === "photos") {
    await kept.photosAdd(await whose(), [...target.files]).then(last, unkept);
    target.value = "";
    await changed();
    document.getElementById("line").focus();
  }
});

document.addEventListener("htmx:confirm", (event) => {
  const { elt, issueRequest } = event.detail;
  if (elt.matches("[data-kept]") && keeps()) {
    event.preventDefault();
    add(elt, issueRequest);
  }
});
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (onTheirWay.has(detail.elt)) detail.timeout = PATIENCE;
});
document.addEventListener("htmx:afterRequest", ({ detail }) => onTheirWay.get(detail.requestConfig.elt)?.(detail.xhr));

// What the page itself could not send. Of what the line would come to nothing need be said.
function lost(event) {
  const { elt, xhr } = event.detail;
  if (!keeps() || isSettled(xhr)) return;
  if (elt.matches("[data-kept]")) {
    if (!onTheirWay.has(elt)) unkept();
  } else if (elt.id !== "line") {
    return;
  }
  event.preventDefault(); // ledger.js has nothing to say then
}
for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) document.addEventListener(name, lost);

// The page that is shown without a net has no htmx, and is the same each time.
for (const { elements } of document.querySelectorAll("[data-kept]:not([hx-post])")) {
  elements.once.value = crypto.randomUUID();
  elements.q.value = new URLSearchParams(location.search).get("line") ?? "";
}
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-kept]:not([hx-post])")) {
    event.preventDefault();
    add(event.target);
  }
});
