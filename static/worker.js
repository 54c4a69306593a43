"use strict";

// What goes on without a net: a page with the entry line instead of the browser's own, and what was typed there is sent
// when the server can be reached. Nothing of anybody's ledger is kept here. SHELL is told by the server (/worker.js).
const FILES = new Set(SHELL.files);
const ASKING = { headers: { Accept: "application/json" }, redirect: "manual", cache: "no-store" };
// The server knows a key for seven days. What may have got through before must not be sent again.
const DOUBTFUL = 6 * 24 * 3600 * 1000;

addEventListener("install", (event) => event.waitUntil(installed()));
addEventListener("activate", (event) => event.waitUntil(activated()));
addEventListener("message", (event) => event.waitUntil(heard(event.data)));
addEventListener("sync", (event) => event.waitUntil(synced()));
addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (FILES.has(pathname)) {
    event.respondWith(file(request));
  } else if (request.destination === "document") {
    if (request.method === "GET") event.respondWith(page(event));
    else if (pathname === SHELL.share) event.respondWith(shared(request));
    else if (pathname === SHELL.signOut) event.waitUntil(kept.belongs(null));
  }
});

async function installed() {
  const shell = await caches.open(SHELL.version);
  await shell.addAll([SHELL.page, ...SHELL.files].map((path) => new Request(path, { cache: "reload" })));
  await skipWaiting();
}

async function activated() {
  for (const name of await caches.keys()) {
    if (name !== SHELL.version) await caches.delete(name);
  }
  await registration.navigationPreload?.enable(); // pages don't wait for the worker to wake up
  await clients.claim();
}

async function file(request) {
  return (await caches.match(request.url)) ?? fetch(request);
}

async function page(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch (lost) {
    const shell = (await kept.owner()) && (await caches.match(SHELL.page));
    if (!shell) throw lost;
    return shell;
  }
}

// Words go into the line, to be looked at before they are added; photos wait for that.
async function shared(request) {
  const owner = await kept.owner();
  if (!owner) return fetch(request);
  const form = await request.formData();
  const files = form.getAll("receipt").filter((each) => each.size);
  if (files.length) await kept.photosAdd(owner, files);
  const words = ["title", "text", "url"].map((name) => form.get(name) ?? "");
  const line = words.join(" ").replace(/\s+/g, " ").trim().slice(0, SHELL.longest);
  return Response.redirect(`/?${new URLSearchParams({ line })}`, 303);
}

async function heard({ owner }) {
  if (owner) await kept.belongs(owner);
  if ((await sendAll()) === "away") await registration.sync?.register("outbox").catch(() => {}); // not allowed here
}

// What fails is tried again by the browser, later and later.
async function synced() {
  if ((await sendAll()) === "away") throw new Error("away");
}

// In the order in which it was typed. What is refused waits to be corrected, and keeps nothing else waiting.
function sendAll() {
  return navigator.locks.request("outbox", async () => {
    const said = [];
    let state;
    try {
      state = await sent(said);
    } catch {
      state = "away";
    }
    if (state) new BroadcastChannel("outbox").postMessage({ state, said: said.join("\n") });
    return state;
  });
}

async function sent(said) {
  const owner = await kept.owner();
  const waiting = (owner ? await kept.lines(owner) : []).filter((line) => !line.refusal);
  if (!waiting.length) return "";
  const answer = await fetch(SHELL.outbox, ASKING);
  if (answer.type === "opaqueredirect") return "out";
  if (!answer.ok) return "away";
  const here = await answer.json();
  if (here.owner !== owner) {
    await kept.belongs(here.owner); // somebody else has signed in
    return "sent";
  }
  const states = new Set();
  for (const line of waiting) {
    const state = await sentOne(line, here.token, said);
    if (state !== "sent" && state !== "failed") return state;
    states.add(state);
  }
  return states.has("failed") ? "away" : "sent";
}

async function sentOne(line, token, said) {
  if (line.tried && Date.now() - line.tried > DOUBTFUL) {
    await kept.change(line.id, { refusal: SHELL.doubtful });
    return "sent";
  }
  await kept.change(line.id, { tried: line.tried || Date.now() });
  const answer = await fetch(SHELL.outbox, { ...ASKING, method: "POST", body: bodyOf(line, token) });
  if (answer.type === "opaqueredirect") return "out";
  if (answer.ok) {
    said.push((await answer.json()).said);
    await kept.remove(line.id);
  } else if (answer.status === 422) {
    await kept.change(line.id, { refusal: (await answer.json()).refusal });
  } else if (answer.status === 400 || answer.status === 413) { // the latter of a proxy
    await kept.change(line.id, { refusal: SHELL.unreadable });
  } else if (answer.status === 500) {
    return "failed"; // at this one, maybe always: the others have not to wait for it
  } else {
    return "away";
  }
  return "sent";
}

function bodyOf(line, token) {
  const form = new FormData();
  form.set("csrfmiddlewaretoken", token);
  form.set("owner", line.owner);
  form.set("once", line.key);
  form.set("q", line.text);
  form.set("waited", Math.max(Math.round((Date.now() - line.typed) / 1000), 0));
  for (const photo of line.files) form.append("receipt", photo, photo.name);
  return form;
}
