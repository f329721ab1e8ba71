// What a page keeps on this device until the server has it: by person and page, and by tab, so that two tabs keep their texts apart.

export function keeper(prefix) {
  return {
    prefix,
    set(key, value) {
      try { localStorage.setItem(prefix + key, JSON.stringify(value)); } catch { /* a full or closed storage keeps nobody from typing */ }
    },
    get(key) {
      try { return JSON.parse(localStorage.getItem(prefix + key)); } catch { return null; }
    },
    drop(key) {
      try { localStorage.removeItem(prefix + key); } catch { /* nothing is kept there */ }
    },
    keys(start) {
      try { return Object.keys(localStorage).filter((key) => key.startsWith(prefix + start)).map((key) => key.slice(prefix.length)); } catch { return []; }
    },
  };
}

// This tab's name, the same after a reload; and those of the others still open: what a tab that is gone has kept may be taken up.
export async function nameOfTab(prefix) {
  let name = crypto.randomUUID?.() ?? String(Math.random());
  try {
    name = sessionStorage.getItem(prefix) ?? name;
    sessionStorage.setItem(prefix, name);
  } catch { /* a name for this page alone */ }
  navigator.locks?.request(prefix + name, () => new Promise(() => {}));
  const held = (await navigator.locks?.query())?.held ?? [];
  return { name, alive: new Set(held.map((lock) => lock.name.slice(prefix.length)).filter((one) => one !== name)) };
}
