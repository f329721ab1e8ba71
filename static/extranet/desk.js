// The minutes desk. Notes are saved as one types; a decision, an action, somebody's presence leave at once. Whatever is not saved yet
// is kept on this device, by person and meeting: it survives a cut and a reload, and leaves when the network is back. Two people on
// one item: both texts are shown. Every few seconds the page takes what the others have written.
import { keeper, nameOfTab } from "./kept.js";
import { tidy } from "./paste.js";

const desk = document.querySelector("[data-desk]");
const state = document.querySelector("[data-desk-state]");
const PAUSE = 900;
const RETRY = 5000;
const LOOK = 20000;
const PATIENCE = 20000;
const SIGNED_OUT = "Votre session est terminée\u00a0: rechargez la page pour vous reconnecter. Ce que vous avez tapé est gardé sur cet appareil.";
const GONE = "Ce point ou cette personne n’est plus dans la réunion\u00a0: rechargez la page. Ce que vous avez tapé est gardé sur cet appareil.";

const kept = keeper(`secretariat:${desk?.dataset.deskUser}:${desk?.dataset.desk}:`);

// --- Talking to the server --------------------------------------------------------------------------------------------

class Refusal extends Error {}

async function post(fields) {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  data.set("csrfmiddlewaretoken", desk.querySelector("[name=csrfmiddlewaretoken]").value);
  const headers = { "X-Requested-With": "fetch" };
  const answer = await fetch(location.pathname, { method: "POST", body: data, headers, redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
  if (answer.type === "opaqueredirect" || answer.status === 403) throw new Refusal(SIGNED_OUT);
  if (answer.status === 404) throw new Refusal(GONE);
  if (!answer.ok && answer.status !== 409 && answer.status !== 422) throw new Error(answer.status);
  return { status: answer.status, said: await answer.json() };
}

let refusal = "";
let savedAt = "";

function say() {
  const waiting = notes().filter((one) => one.dirty && !one.conflict).length + kept.keys("envoi:").length;
  const conflict = notes().some((one) => one.conflict);
  let text = savedAt ? `Enregistré à ${savedAt}` : "Tout est enregistré";
  if (refusal) text = refusal;
  else if (conflict) text = "Deux textes sur un même point\u00a0: choisissez";
  else if (waiting && isOffline) text = "Hors ligne\u00a0: ce que vous tapez est gardé sur cet appareil, et partira au retour du réseau";
  else if (waiting) text = "Enregistrement…";
  const warned = Boolean(refusal || conflict || (waiting && isOffline));
  if (state.textContent !== text) state.textContent = text;
  state.classList.toggle("x-desk__state--warning", warned);
}

let isOffline = false;

function heard(said) {
  [isOffline, refusal, savedAt] = [false, "", said.saved ?? savedAt];
}

function failed(error) {
  if (error instanceof Refusal) refusal = error.message;
  else isOffline = true;
}

// --- Notes ------------------------------------------------------------------------------------------------------------

function nodes(html) {
  // Parsed apart, where nothing runs; the server has cleaned it.
  return [...new DOMParser().parseFromString(html, "text/html").body.childNodes];
}

function button(name, style, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `fr-btn fr-btn--sm fr-btn--${style}`;
  made.textContent = name;
  made.addEventListener("click", act);
  return made;
}

class Notes {
  constructor(form) {
    [this.form, this.item, this.revision] = [form, form.dataset.deskNotes, form.elements.revision];
    this.area = form.querySelector("textarea");
    this.build();
    this.takeUp();
  }

  build() {
    const label = this.form.querySelector("label");
    label.id = `label-${this.item}`;
    label.querySelector(".fr-hint-text")?.remove();
    this.editor = document.createElement("div");
    this.editor.className = "fr-input x-desk__editor";
    this.editor.contentEditable = "true";
    for (const [name, value] of [["role", "textbox"], ["aria-multiline", "true"], ["aria-labelledby", label.id]]) this.editor.setAttribute(name, value);
    if (this.area.dataset.html === undefined) this.editor.innerText = this.area.value;
    else this.show(this.area.dataset.html);
    const tools = document.createElement("div");
    tools.className = "x-desk__tools";
    tools.setAttribute("role", "group");
    tools.setAttribute("aria-label", "Mise en forme");
    for (const [command, name] of [["bold", "Gras"], ["italic", "Italique"], ["insertUnorderedList", "Liste"], ["insertOrderedList", "Liste numérotée"]]) {
      const tool = button(name, "tertiary-no-outline", () => { this.editor.focus(); document.execCommand(command); this.changed(); });
      tool.addEventListener("mousedown", (event) => event.preventDefault());
      tools.append(tool);
    }
    this.area.after(this.editor, tools);
    this.area.remove();
    this.form.querySelector("[data-desk-save]").remove();
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.save(); });
    this.editor.addEventListener("input", () => this.changed());
    this.editor.addEventListener("paste", (event) => this.paste(event));
    this.editor.addEventListener("focus", () => current(this.item));
    this.editor.addEventListener("blur", () => this.save());
  }

  show(html) {
    this.editor.replaceChildren(...nodes(html));
  }

  paste(event) {
    const html = event.clipboardData.getData("text/html");
    if (!html) return;
    event.preventDefault();
    document.execCommand("insertHTML", false, tidy(html));
  }

  get key() { return `note:${this.item}:${tab.name}`; }

  // What was typed and not saved: before a reload of this tab, or in one that is gone.
  takeUp() {
    const keys = kept.keys(`note:${this.item}:`).filter((key) => !tab.alive.has(key.split(":").at(-1)));
    const texts = keys.map((key) => kept.get(key)).filter(Boolean);
    if (!texts.length) return;
    this.show(texts.map((one) => one.html).join(""));
    this.revision.value = Math.min(...texts.map((one) => one.revision));
    this.keep();
    keys.filter((key) => key !== this.key).forEach(kept.drop);
    this.save();
  }

  keep() {
    this.dirty = true;
    kept.set(this.key, { html: this.editor.innerHTML, revision: this.revision.value });
  }

  changed() {
    this.keep();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
    if (!isOffline) say();
  }

  async save() {
    if (!this.dirty || this.busy || this.conflict) return;
    clearTimeout(this.timer);
    this.busy = true;
    const html = this.editor.innerHTML;
    try {
      const { status, said } = await post({ do: "notes", item: this.item, revision: this.revision.value, html });
      if (status === 422) throw new Refusal(said.error);
      heard(said);
      if (status === 409) this.disagree(said);
      else this.agreed(said.revision, this.editor.innerHTML === html);
    } catch (error) {
      failed(error);
    }
    this.busy = false;
    if (this.dirty && !this.conflict) this.timer = setTimeout(() => this.save(), isOffline || refusal ? RETRY : PAUSE);
    say();
  }

  agreed(revision, isAll) {
    this.revision.value = revision;
    this.dirty = !isAll;
    if (isAll) kept.drop(this.key);
    else this.keep();
  }

  disagree(theirs) {
    this.conflict = document.createElement("div");
    this.conflict.className = "fr-alert fr-alert--warning fr-mb-2w";
    this.conflict.setAttribute("role", "alert");
    const title = document.createElement("h4");
    title.className = "fr-alert__title";
    title.textContent = `${theirs.by || "Quelqu’un d’autre"} a écrit ici en même temps`;
    const lead = document.createElement("p");
    lead.textContent = "Voici son texte\u00a0; le vôtre est dans le champ.";
    const text = document.createElement("div");
    text.className = "x-desk__theirs";
    text.append(...nodes(theirs.html));
    const choices = document.createElement("p");
    choices.className = "x-desk__item-actions";
    choices.append(
      button("Garder les deux textes", "secondary", () => this.settle(theirs, () => this.editor.prepend(...text.childNodes))),
      button("Garder le mien", "tertiary", () => this.settle(theirs, () => {})),
      button("Garder l’autre", "tertiary", () => this.settle(theirs, () => this.editor.replaceChildren(...text.childNodes))),
    );
    this.conflict.append(title, lead, text, choices);
    this.form.before(this.conflict);
  }

  settle(theirs, act) {
    act();
    this.conflict.remove();
    this.conflict = null;
    this.revision.value = theirs.revision;
    this.editor.focus();
    this.keep();
    this.save();
  }

  // What the others have saved meanwhile, when nothing of one's own is under way.
  follow(form) {
    const revision = form.elements.revision.value;
    if (this.dirty || this.busy || this.conflict || this.editor.contains(document.activeElement) || revision === this.revision.value) return;
    this.show(form.querySelector("textarea").dataset.html ?? "");
    this.revision.value = revision;
  }
}

const known = new Map();

function notes() {
  return [...known.values()];
}

function findNotes() {
  desk.querySelectorAll("[data-desk-notes]").forEach((form) => {
    if (known.get(form.dataset.deskNotes)?.form !== form) known.set(form.dataset.deskNotes, new Notes(form));
  });
}

let here = "";

function current(item) {
  here = item;
  desk.querySelectorAll(".x-desk__agenda a").forEach((link) => {
    if (link.hash === `#point-${item}`) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  });
}

// --- Decisions, actions, presences: what leaves in one go -------------------------------------------------------------

function fieldsOf(form, submitter) {
  const fields = Object.fromEntries(new FormData(form, submitter));
  delete fields.csrfmiddlewaretoken;
  return fields;
}

let sending = false;

async function send() {
  if (sending) return;
  sending = true;
  let isSent = false;
  const tried = new Set();
  const next = () => kept.keys("envoi:").sort().find((key) => !tried.has(key + JSON.stringify(kept.get(key))));
  for (let key = next(); key; key = next()) {
    const fields = kept.get(key);
    tried.add(key + JSON.stringify(fields));
    try {
      const { status, said } = await post(fields);
      if (JSON.stringify(kept.get(key)) === JSON.stringify(fields)) kept.drop(key);
      heard(said);
      isSent = true;
      if (status !== 200) giveBack(fields, said.error);
    } catch (error) {
      failed(error);
      if (isOffline) break;
    }
  }
  sending = false;
  if (isSent) await look(true);
  say();
}

// Refused: the words go back where they were typed, with the reason.
function giveBack(fields, why) {
  const form = document.getElementById(fields.form);
  if (!form) return (refusal = why);
  fill(form, fields);
  const error = document.createElement("p");
  error.className = "fr-error-text x-desk__why";
  error.setAttribute("role", "alert");
  error.textContent = why;
  form.append(error);
}

function fill(form, fields) {
  for (const [name, value] of Object.entries(fields)) if (form.elements[name]?.matches?.("input:not([type=hidden])")) form.elements[name].value = value;
}

async function submitted(event) {
  const form = event.target;
  if (form.matches("[data-desk-notes]")) return;
  event.preventDefault();
  const fields = fieldsOf(form, event.submitter);
  refusal = "";
  if (form.matches("[data-desk-presence]")) {
    press(form, event.submitter);
    kept.set(`envoi:presence:${fields.invitee}`, fields);
  } else if (form.matches("[data-desk-line]")) {
    // Sent twice after a cut, noted once.
    [fields.uuid, fields.form] = [crypto.randomUUID?.() ?? "", form.id];
    kept.set(`envoi:${Date.now()}:${fields.uuid}`, fields);
    kept.drop(`frappe:${form.id}`);
    form.reset();
    form.querySelector(".x-desk__why")?.remove();
    form.querySelector("input:not([type=hidden])").focus();
  } else return atOnce(fields);
  await send();
}

// Moving, taking back, opening again: done now or not at all.
async function atOnce(fields) {
  try {
    await Promise.all(notes().map((one) => one.save()));
    const { status, said } = await post(fields);
    heard(said);
    if (status !== 200) refusal = said.error;
    else await look(true);
  } catch (error) {
    failed(error);
    refusal ||= "Hors ligne\u00a0: ce geste n’est pas fait. Recommencez au retour du réseau.";
  }
  say();
}

function press(form, pressed) {
  form.closest("[data-desk-live]").querySelectorAll("[aria-pressed]").forEach((one) => one.setAttribute("aria-pressed", String(one === pressed)));
}

// --- What the others have done ----------------------------------------------------------------------------------------

async function look(isMine = false) {
  if (isOffline && !isMine) return;
  try {
    const answer = await fetch(location.pathname, { redirect: "error", signal: AbortSignal.timeout(PATIENCE) });
    if (answer.ok) follow(new DOMParser().parseFromString(await answer.text(), "text/html"), isMine);
  } catch { /* the next look will do */ }
}

function follow(page, isMine) {
  const theirs = page.querySelector("[data-desk]");
  if (!theirs) return notes().some((one) => one.dirty) || location.reload(); // approved meanwhile
  followItems([...theirs.querySelectorAll(".x-desk__item")]);
  for (const fresh of theirs.querySelectorAll("[data-desk-live]")) {
    const shown = desk.querySelector(`[data-desk-live="${fresh.dataset.deskLive}"]`);
    if (!shown || said(shown) === said(fresh) || kept.keys(`envoi:${fresh.dataset.deskLive}`).length || isTyped(shown, fresh)) continue;
    const focused = shown.contains(document.activeElement);
    if (focused && !isMine) continue;
    const path = focused && document.activeElement.id;
    const isOpen = shown.querySelector("details")?.open;
    shown.replaceChildren(...[...fresh.childNodes].map((one) => document.importNode(one, true)));
    if (isOpen) shown.querySelector("details").open = true;
    if (focused) ((path && document.getElementById(path)) || shown.closest("[tabindex]"))?.focus({ preventScroll: true });
  }
  theirs.querySelectorAll("[data-desk-notes]").forEach((form) => known.get(form.dataset.deskNotes)?.follow(form));
  current(here);
}

function said(element) {
  return element.innerHTML.replace(/name="csrfmiddlewaretoken" value="[^"]*"| aria-current="true"| open=""/g, "");
}

// A name being written, that nobody has sent yet.
function isTyped(shown, fresh) {
  const fields = [...shown.querySelectorAll("input:not([type=hidden])")];
  return fields.some((one) => one.value !== one.defaultValue && one.value !== fresh.querySelector(`#${CSS.escape(one.id)}`)?.value);
}

function followItems(items) {
  const list = desk.querySelector("[data-desk-items]");
  items.forEach((item, rank) => {
    const shown = document.getElementById(item.id) ?? document.importNode(item, true);
    if (list.children[rank] !== shown) list.insertBefore(shown, list.children[rank] ?? null);
  });
  for (const gone of [...list.children].slice(items.length)) {
    const mine = known.get(gone.dataset.deskItem);
    if (mine?.dirty) continue;
    known.delete(gone.dataset.deskItem);
    gone.remove();
  }
  findNotes();
}

// --- Here we go -------------------------------------------------------------------------------------------------------

const tab = desk && (await nameOfTab(kept.prefix));
if (desk) {
  findNotes();
  desk.addEventListener("submit", submitted);
  desk.addEventListener("input", ({ target }) => {
    const line = target.closest?.("[data-desk-line]");
    if (line) kept.set(`frappe:${line.id}`, fieldsOf(line));
  });
  desk.querySelectorAll("[data-desk-line]").forEach((line) => fill(line, kept.get(`frappe:${line.id}`) ?? {}));
  const again = () => { notes().forEach((one) => one.save()); if (kept.keys("envoi:").length) send(); };
  addEventListener("online", again);
  setInterval(() => { if (kept.keys("envoi:").length) send(); }, RETRY);
  setInterval(() => { if (!document.hidden) look(); }, LOOK);
  addEventListener("beforeunload", (event) => { if (notes().some((one) => one.conflict)) event.preventDefault(); });
  again();
  say();
}
