"use strict";

// What waits in this browser until the server has it, and for whom: what pages and the worker (worker.js) have in common.
const kept = (() => {
  let opened;

  // One that could not be opened, or that the browser has closed, is opened anew for who asks next.
  function database() {
    opened ??= new Promise((resolve, reject) => {
      const asked = indexedDB.open("xpenser", 1);
      asked.onupgradeneeded = () => {
        asked.result.createObjectStore("lines", { keyPath: "id", autoIncrement: true }).createIndex("owner", "owner");
        asked.result.createObjectStore("photos"); // of the line that is typed next, by owner; and what was shared
        asked.result.createObjectStore("owner"); // one: who was here last
      };
      asked.onsuccess = () => {
        asked.result.onclose = forget;
        resolve(asked.result);
      };
      asked.onerror = () => reject(asked.error);
    });
    opened.catch(forget);
    return opened;
  }

  function forget() {
    opened = undefined;
  }

  // Done once it is on the disk: who kills the browser then finds it there. Gives the `result` of what `work` returns.
  async function within(mode, work) {
    const transaction = (await database()).transaction(["lines", "photos", "owner"], mode, { durability: "strict" });
    const whole = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    const asked = work((name) => transaction.objectStore(name));
    await whole;
    return asked?.result;
  }

  // What other apps have shared, until its owner has said that it is to go with a line.
  const shared = (owner) => `${owner} shared`;

  const photosOf = async (name) => (await within("readonly", (store) => store("photos").get(name))) ?? [];
  const photosAdd = (name, files) =>
    within("readwrite", (store) => {
      const asked = store("photos").get(name);
      asked.onsuccess = () => store("photos").put([...(asked.result ?? []), ...files], name);
    });
  const photosDrop = (name) => within("readwrite", (store) => store("photos").delete(name));

  // `changed` makes another of the line, or none; gives that. One that was removed meanwhile stays removed.
  const change = (id, changed) =>
    within("readwrite", (store) => {
      const made = {};
      const asked = store("lines").get(id);
      asked.onsuccess = () => {
        made.result = asked.result && changed(asked.result);
        if (made.result) store("lines").put(made.result);
      };
      return made;
    });

  return {
    owner: () => within("readonly", (store) => store("owner").get("now")),
    belongs: (owner) => within("readwrite", (store) => store("owner").put(owner, "now")),

    // In the order in which they were typed. Those of nobody are of accounts that were closed.
    lines: (owner) => within("readonly", (store) => store("lines").index("owner").getAll(owner)),
    // Gives the line as it is kept, with the photos that waited for it if it takes them; and whether it `goes` at once, as
    // `wouldGo` asks: nothing waits before it, and no photos go with it. Nothing is given for a form that was sent twice,
    // by two presses of a key: it is one line.
    add: (line, { takesPhotos, wouldGo }) =>
      within("readwrite", (store) => {
        const made = {};
        const lines = store("lines").index("owner").getAll(line.owner);
        const photos = store("photos").get(line.owner);
        photos.onsuccess = () => {
          const same = lines.result.filter((each) => each.key === line.key);
          if (same.some((each) => each.text === line.text)) return;
          const key = same.length ? crypto.randomUUID() : line.key; // of a form that says something else by now
          const files = (takesPhotos && photos.result) || [];
          const goes = wouldGo && !files.length && lines.result.every((each) => each.refusal);
          const whole = { ...line, key, files, refusal: "", tried: goes ? line.typed : 0 };
          store("lines").add(whole).onsuccess = (added) => {
            made.result = { ...whole, id: added.target.result, goes };
          };
          if (takesPhotos) store("photos").delete(line.owner);
        };
        return made;
      }),
    change: (id, changes) => change(id, (line) => ({ ...line, ...changes })),
    // Gives the line that is to be sent now, unless it was refused or removed meanwhile.
    take: (id) => change(id, (line) => (line.refusal ? undefined : { ...line, tried: line.tried || Date.now() })),
    remove: (id) => within("readwrite", (store) => store("lines").delete(id)),

    photos: photosOf,
    photosAdd,
    photosDrop,
    shared: (owner) => photosOf(shared(owner)),
    sharedAdd: (owner, files) => photosAdd(shared(owner), files),
    sharedDrop: (owner) => photosDrop(shared(owner)),
    sharedTake: (owner) =>
      within("readwrite", (store) => {
        const photos = store("photos").get(owner);
        const asked = store("photos").get(shared(owner));
        asked.onsuccess = () => {
          store("photos").put([...(photos.result ?? []), ...(asked.result ?? [])], owner);
          store("photos").delete(shared(owner));
        };
      }),

    // Of whom anything is here.
    owners: async () => {
      const lines = await within("readonly", (store) => store("lines").getAll());
      const photos = await within("readonly", (store) => store("photos").getAllKeys());
      return [...new Set([...lines.map((line) => line.owner), ...photos.map((name) => name.split(" ")[0])])];
    },
    // What is of accounts that were closed is nobody's from then on: it is shown, to be removed.
    orphan: (owners) =>
      within("readwrite", (store) => {
        for (const owner of owners) {
          const lines = store("lines").index("owner").getAll(owner);
          lines.onsuccess = () => lines.result.forEach((line) => store("lines").put({ ...line, owner: "" }));
          for (const name of [owner, shared(owner)]) {
            const photos = store("photos").get(name);
            photos.onsuccess = () => {
              const files = photos.result ?? [];
              if (files.length) store("lines").add({ owner: "", key: "", text: "", typed: Date.now(), refusal: "", files });
              store("photos").delete(name);
            };
          }
        }
      }),
  };
})();
