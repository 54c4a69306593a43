"use strict";

// What goes on without a net: a page with the entry line instead of the browser's own, and what was typed there is sent
// when the server can be reached. Nothing of anybody's ledger is kept here. SHELL is told by the server (/worker.js).
const FILES = new Set(SHELL.files);
const ASKING = { headers: { Accept: "application/json" }, redirect: "manual", cache: "no-store" };
// The server knows a key for seven days. What may have got through before must not be sent again.
const DOUBTFUL = 6 * 24 * 3600 * 1000;
// Milliseconds after which a page that has not come is asked about; for which an answer is waited for; and for which one of
// a byte that is sent. Whoever waits longer would do so for ever: a line that got through is not added again.
const LATE = 5_000;
const PATIENCE = 60_000;
const PER_BYTE = 0.25;
// What is tried again without anybody's doing.
const AGAIN = new Set(["away", "told", "failed", "stale"]);

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
    else if (SHELL.leaving.includes(pathname)) event.waitUntil(kept.belongs(null));
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
  const coming = Promise.resolve(event.preloadResponse).then((early) => early ?? fetch(event.request));
  const watch = { isOver: false };
  try {
    return await Promise.race([coming, silence(watch)]);
  } catch {
    const shell = (await kept.owner()) && (await caches.match(SHELL.page));
    return shell || coming;
  } finally {
    watch.isOver = true;
  }
}

// Fails once the server says nothing at all. One that is slow still says that it is alive, and is waited for.
async function silence(watch) {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, LATE));
    if (watch.isOver) return;
    await fetch(SHELL.alive, { cache: "no-store", signal: AbortSignal.timeout(LATE) });
  }
}

// Words go into the line, to be looked at before they are added. Photos wait until their owner takes them: the form may
// have been sent by a page of somebody else's. What says so itself is left to the server, which refuses it.
async function shared(request) {
  const owner = await kept.owner();
  if (!owner || (request.referrer && new URL(request.referrer).origin !== location.origin)) return fetch(request);
  const form = await request.formData();
  const words = ["title", "text", "url"].map((name) => form.get(name) ?? "");
  const line = words.join(" ").replace(/\s+/g, " ").trim().slice(0, SHELL.longest);
  const files = form.getAll("receipt").filter((each) => each.size);
  const is = await (files.length ? kept.sharedAdd(owner, files) : Promise.resolve()).then(() => "", () => "#unkept");
  new BroadcastChannel("outbox").postMessage({});
  return Response.redirect(`/?${new URLSearchParams({ line })}${is}`, 303);
}

async function heard({ owner }) {
  if (owner) await kept.belongs(owner);
  if (AGAIN.has(await sendAll())) await registration.sync?.register("outbox").catch(() => {}); // not allowed here
}

// What fails is tried again by the browser, later and later.
async function synced() {
  const state = await sendAll();
  if (AGAIN.has(state)) throw new Error(state);
}

// In the order in which it was typed. What is refused waits to be corrected, and keeps nothing else waiting.
function sendAll() {
  return navigator.locks.request("outbox", async () => {
    const said = [];
    let came;
    try {
      came = await sent(said);
      if (came.state === "stale") came = await sent(said);
    } catch {
      came = { state: "away" };
    }
    if (came.state) new BroadcastChannel("outbox").postMessage({ ...came, said: said.join("\n") });
    return came.state;
  });
}

// "stale": somebody else has signed in meanwhile, or the same person anew. It is to be asked once more who is there.
async function sent(said) {
  const owner = await kept.owner();
  const waiting = (owner ? await kept.lines(owner) : []).filter((line) => !line.refusal);
  const others = (await kept.owners()).filter((each) => each && each !== owner);
  if (!waiting.length && !others.length) return { state: "" };
  const asking = new URL(SHELL.outbox, location);
  for (const each of others) asking.searchParams.append("of", each);
  const answer = await asked(asking, {}, 0);
  if (!answer.ok) return trouble(answer);
  const here = await answer.json();
  await kept.orphan(here.closed);
  if (here.owner !== owner) {
    await kept.belongs(here.owner);
    return { state: "stale" };
  }
  let state = "sent";
  for (const { id, key } of waiting) {
    await navigator.locks.request(`page ${key}`, () => {}); // a page may be sending it itself
    const line = await kept.take(id);
    const problem = line && (await sentOne(line, here.token, said));
    if (problem && problem.state !== "failed") return problem;
    if (problem) state = "failed"; // at this one, maybe always: the others have not to wait for it
  }
  return { state };
}

// Gives what keeps it from being sent, if anything does.
async function sentOne(line, token, said) {
  if (Date.now() - line.tried > DOUBTFUL) {
    await kept.change(line.id, { refusal: SHELL.doubtful });
    return undefined;
  }
  const size = line.files.reduce((total, file) => total + file.size, 0);
  const answer = await asked(SHELL.outbox, { method: "POST", body: bodyOf(line, token) }, size);
  if (answer.ok) {
    said.push((await answer.json()).said);
    await kept.remove(line.id);
  } else if (answer.status === 422) {
    await kept.change(line.id, { refusal: (await answer.json()).refusal });
  } else if (answer.status === 400 || answer.status === 413) { // the latter of a proxy
    await kept.change(line.id, { refusal: SHELL.unreadable });
  } else {
    const problem = trouble(answer);
    if (problem.state === "failed") await kept.change(line.id, { trouble: problem.why });
    return problem;
  }
  return undefined;
}

function asked(url, choices, size) {
  return fetch(url, { ...ASKING, ...choices, signal: AbortSignal.timeout(PATIENCE + size * PER_BYTE) });
}

// What an answer says that is none: where one signs in, that no server stands behind a proxy, or why not just now.
function trouble(answer) {
  if (answer.type === "opaqueredirect") return { state: "out" };
  if (answer.status === 502 || answer.status === 504) return { state: "away" };
  const state = { 403: "stale", 409: "stale", 500: "failed" }[answer.status] ?? "told";
  const why = SHELL.said[answer.status] ?? `${SHELL.answered} ${answer.status}`;
  return { state, why, again: Number(answer.headers.get("Retry-After")) };
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
