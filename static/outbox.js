"use strict";

// What is typed or photographed without a net is kept (kept.js), shown below the entry line and sent by the worker
// (worker.js), with the key that its form had when it was typed: nothing is lost, and nothing is added twice.
const outbox = document.getElementById("outbox");
let photosOfNext = [];

// A page says whose it is; one that is shown without a net is whoever's was here last.
const whose = async () => document.querySelector("[data-owner]")?.dataset.owner ?? (await kept.owner());
const keeps = () => Boolean(navigator.serviceWorker?.controller);

async function showOutbox() {
  const owner = await whose();
  const lines = owner ? await kept.lines(owner) : [];
  photosOfNext = owner ? await kept.photos(owner) : [];
  showLines(lines);
  outbox.querySelector("[data-photos-of-next]").hidden = !photosOfNext.length;
  outbox.querySelector("[data-names]").textContent = photosOfNext.map((each) => each.name).join(", ");
  outbox.querySelector("[data-waiting]").hidden = !lines.length;
  outbox.querySelector("[data-send]").hidden = lines.every((each) => each.refusal);
  const said = outbox.querySelector("[role=status]").textContent || !outbox.querySelector("[data-unkept]").hidden;
  outbox.hidden = !lines.length && !photosOfNext.length && !said;
}

// One that is being corrected stays as it is.
function showLines(lines) {
  const list = outbox.querySelector("ol");
  const before = new Map([...list.children].map((item) => [item.dataset.name, item]));
  const name = (line) => [line.id, line.key, line.files.length, line.refusal].join(" ");
  if ([...before.keys()].join() === lines.map(name).join()) return;
  list.replaceChildren(...lines.map((line) => before.get(name(line)) ?? itemOf(line, name(line))));
}

function itemOf(line, name) {
  const template = document.getElementById(line.refusal ? "refused" : "waiting");
  const item = template.content.firstElementChild.cloneNode(true);
  const language = document.documentElement.lang;
  const put = (what, text) => {
    const place = item.querySelector(`[data-${what}]`);
    if (place) place.textContent = text;
  };
  item.dataset.name = name;
  put("text", line.text);
  put("why", line.refusal);
  put("when", new Date(line.typed).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" }));
  put("with", line.files.map((each) => each.name).join(", "));
  item.querySelector("[data-remove]").addEventListener("click", async () => {
    await kept.remove(line.id);
    await showOutbox();
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
      await showOutbox();
      outbox.querySelector(`[aria-describedby=${why.id}]`).focus();
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const text = form.elements.text.value;
      await kept.change(line.id, { text, key: crypto.randomUUID(), tried: 0, refusal: "" });
      await showOutbox();
      wake({});
    });
  }
  return item;
}

// `sent` is what the form said, which may say something else by now; `tried` is when it was sent, if it was: it may have
// got through, and only its answer not.
async function keep(form, sent, tried) {
  const owner = await whose();
  if (!owner) throw new Error("whoever was here has signed out");
  const line = { key: sent.once, text: sent.q, typed: Date.now(), tried, refusal: "" };
  await kept.add({ ...line, owner, files: form.id === "entry" ? photosOfNext : [] });
  const { q, once } = form.elements;
  if (once.value === sent.once) once.value = crypto.randomUUID();
  if (form.id === "entry" && q.value === sent.q) {
    q.value = "";
    for (const chip of document.querySelectorAll("#understood > :not(datalist)")) chip.remove();
  }
  outbox.querySelector("[data-unkept]").hidden = true;
  sayInOutbox("");
  await showOutbox();
  wake({});
}

// There is no room left, or the browser lets nothing be kept.
function unkept() {
  outbox.querySelector("[data-unkept]").hidden = false;
  outbox.hidden = false;
}

function sayInOutbox(text) {
  outbox.querySelector("[role=status]").textContent = text;
}

if (navigator.serviceWorker) {
  new BroadcastChannel("outbox").addEventListener("message", async ({ data }) => {
    for (const state of ["away", "out"]) outbox.querySelector(`[data-${state}]`).hidden = data.state !== state;
    sayInOutbox(data.said);
    await showOutbox();
    if (data.said && document.getElementById("list") && !document.querySelector("#list .edit")) {
      htmx.ajax("GET", location.href, { target: "#list", swap: "outerHTML" });
    }
  });

  const showKeeping = () => document.documentElement.classList.toggle("keeps", keeps());
  navigator.serviceWorker.addEventListener("controllerchange", showKeeping);
  showKeeping();
  showOutbox();
}

document.addEventListener("click", async (event) => {
  if (event.target.closest("[data-photos]")) {
    document.getElementById("photos").click();
  } else if (event.target.closest("[data-photos-drop]")) {
    await kept.photosDrop(await whose());
    await showOutbox();
  } else if (event.target.closest("[data-send]")) {
    wake({});
  }
});

document.addEventListener("change", async ({ target }) => {
  if (target.id === "photos") {
    await kept.photosAdd(await whose(), [...target.files]).catch(unkept);
    target.value = "";
    await showOutbox();
    document.getElementById("line").focus();
  }
});

// Photos go with the line by this way only.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (photosOfNext.length && event.detail.elt.id === "entry") {
    event.preventDefault();
    keep(event.detail.elt, event.detail.requestConfig.parameters, 0).catch(unkept);
  }
});

// What the page itself could not send. Of what the line would come to nothing need be said.
function lost(event) {
  const { elt, xhr, requestConfig } = event.detail;
  if (!keeps() || (xhr.status && ![502, 503, 504].includes(xhr.status))) return;
  if (elt.matches("[data-kept]")) {
    keep(elt, requestConfig.parameters, Date.now()).catch(unkept);
  } else if (elt.id !== "line") {
    return;
  }
  event.preventDefault(); // ledger.js has nothing to say then
}
document.addEventListener("htmx:sendError", lost);
document.addEventListener("htmx:responseError", lost);

// The page that is shown without a net has no htmx, and is the same each time.
for (const { elements } of document.querySelectorAll("[data-kept]:not([hx-post])")) {
  elements.once.value = crypto.randomUUID();
  elements.q.value = new URLSearchParams(location.search).get("line") ?? "";
}
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-kept]:not([hx-post])")) {
    event.preventDefault();
    keep(event.target, Object.fromEntries(new FormData(event.target)), 0).catch(unkept);
  }
});
