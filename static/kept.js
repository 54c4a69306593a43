"use strict";

// What waits in this browser until the server has it, and for whom: what pages and the worker (worker.js) have in common.
const kept = (() => {
  let opened;

  function database() {
    opened ??= new Promise((resolve, reject) => {
      const asked = indexedDB.open("xpenser", 1);
      asked.onupgradeneeded = () => {
        asked.result.createObjectStore("lines", { keyPath: "id", autoIncrement: true }).createIndex("owner", "owner");
        asked.result.createObjectStore("photos"); // of the line that is typed next, by owner
        asked.result.createObjectStore("owner"); // one: who was here last
      };
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    return opened;
  }

  // Done once it is on the disk: who kills the browser then finds it there.
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

  return {
    owner: () => within("readonly", (store) => store("owner").get("now")),
    belongs: (owner) => within("readwrite", (store) => store("owner").put(owner, "now")),

    // In the order in which they were typed.
    lines: (owner) => within("readonly", (store) => store("lines").index("owner").getAll(owner)),
    // A form that was sent twice, by two presses of a key, is one line.
    add: (line) =>
      within("readwrite", (store) => {
        const asked = store("lines").index("owner").getAll(line.owner);
        asked.onsuccess = () => {
          if (asked.result.some((each) => each.key === line.key && each.text === line.text)) return;
          store("lines").add(line);
          store("photos").delete(line.owner);
        };
      }),
    // One that was removed meanwhile stays removed.
    change: (id, changes) =>
      within("readwrite", (store) => {
        const asked = store("lines").get(id);
        asked.onsuccess = () => asked.result && store("lines").put({ ...asked.result, ...changes });
      }),
    remove: (id) => within("readwrite", (store) => store("lines").delete(id)),

    photos: async (owner) => (await within("readonly", (store) => store("photos").get(owner))) ?? [],
    photosAdd: (owner, files) =>
      within("readwrite", (store) => {
        const asked = store("photos").get(owner);
        asked.onsuccess = () => store("photos").put([...(asked.result ?? []), ...files], owner);
      }),
    photosDrop: (owner) => within("readwrite", (store) => store("photos").delete(owner)),
  };
})();
