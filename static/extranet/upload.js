// The deposit form, made livelier: files are dropped or chosen, sent one by one with a bar each, and a file whose name is
// already there asks its question on its own line. Without this module the same form sends everything at once.
//
// A large file goes by parts (resumable.js).
//
// <form data-upload data-uploaded-url data-parts-url data-max-files data-max-bytes> with, inside: an <input type="file">, [data-upload-zone],
// [data-upload-hint], [data-upload-list], [data-upload-status] (announced to screen readers), [data-upload-submit]; where files may have
// the name of another, [data-upload-same-name] and [data-upload-reason]. The other fields go along with each file.

import { LARGE, sendByParts } from "./resumable.js";

const found = document.querySelector("form[data-upload]");
if (found) start(found);

// What has changed since the page was shown.
const REASONS = {
  403: "vous n’avez plus le droit de déposer ici.",
  404: "ce document ou ce dossier n’est plus là, ou ne vous est plus ouvert. Revenez à la liste des documents.",
};

// → add(files), for what comes from elsewhere than the form's own field.
export function start(form) {
  const input = form.querySelector("input[type=file]");
  const zone = form.querySelector("[data-upload-zone]");
  const list = form.querySelector("[data-upload-list]");
  const status = form.querySelector("[data-upload-status]");
  const submit = form.querySelector("[data-upload-submit]");
  const folder = form.querySelector("[name=folder]");
  const maxFiles = Number(form.dataset.maxFiles);
  const maxBytes = Number(form.dataset.maxBytes);
  let entries = [];
  let sending = false;

  const together = group();
  list.before(together.element);
  form.querySelector("[data-upload-hint]").hidden = false;
  for (const asked of form.querySelectorAll("[data-upload-same-name], [data-upload-reason]")) asked.hidden = true; // each file asks for itself

  input.addEventListener("change", () => {
    add([...input.files]);
    input.value = "";
  });

  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("x-drop--over");
    });
  }
  zone.addEventListener("dragleave", () => zone.classList.remove("x-drop--over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("x-drop--over");
    add([...event.dataTransfer.files]);
  });

  form.addEventListener("submit", async (event) => {
    const waiting = entries.filter((entry) => entry.state === "waiting");
    if (!entries.length) return; // the server says what is missing
    event.preventDefault();
    if (folder && !folder.value) {
      say("Choisissez un dossier.");
      folder.focus();
      folder.reportValidity();
      return;
    }
    if (sending) return;
    sending = true;
    submit.disabled = true;
    for (const entry of waiting) await send(entry);
    sending = false;
    submit.disabled = false;
    finish();
  });

  return add;

  function add(files) {
    if (maxFiles === 1 && files.length) for (const entry of entries.filter((other) => other.state !== "done")) drop(entry);
    for (const file of files) {
      if (entries.filter((entry) => entry.state !== "refused").length >= maxFiles) {
        say(maxFiles === 1 ? "Un seul fichier : les suivants n’ont pas été pris." : `${maxFiles} fichiers au plus à la fois : les suivants n’ont pas été pris.`);
        break;
      }
      const entry = line(file);
      entries.push(entry);
      list.append(entry.element);
      if (file.size > maxBytes) refuse(entry, "ce fichier est trop lourd.");
    }
    list.hidden = !entries.length;
    if (entries.length) say(`${entries.length} fichier${entries.length > 1 ? "s" : ""} dans la liste.`);
  }

  function line(file) {
    const element = document.createElement("li");
    const name = document.createElement("span");
    name.className = "x-uploads__name";
    name.textContent = file.name;
    const state = document.createElement("p");
    state.className = "x-uploads__state";
    state.textContent = `${size(file.size)}, prêt à être déposé`;
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.value = 0;
    bar.hidden = true;
    bar.setAttribute("aria-label", `Envoi de ${file.name}`);
    const choice = document.createElement("div");
    choice.className = "x-uploads__choice";
    element.append(name, bar, state, choice);
    const entry = { file, element, state: "waiting", text: state, bar, choice };
    choice.append(button("Ôter de la liste", `Ôter ${file.name} de la liste`, () => remove(entry)));
    return entry;
  }

  function drop(entry) {
    entry.request?.abort();
    entries = entries.filter((other) => other !== entry);
    entry.element.remove();
    list.hidden = !entries.length;
    offer();
  }

  function remove(entry) {
    drop(entry);
    say(`${entry.file.name} a été ôté de la liste.`);
    input.focus();
  }

  function send(entry, answers = {}) {
    return entry.file.size > LARGE ? sendLarge(entry, answers) : sendSmall(entry, answers);
  }

  // What the form says beside the file, and what was answered for this one.
  function choices(answers) {
    const said = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken");
    return { ...Object.fromEntries(said), ...(form.elements.same_name && { same_name: "skip" }), ...answers };
  }

  async function sendLarge(entry, answers) {
    const cancelled = new AbortController();
    entry.request = cancelled;
    entry.state = "sending";
    entry.bar.hidden = false;
    entry.choice.replaceChildren(button("Annuler l’envoi", `Annuler l’envoi de ${entry.file.name}`, () => remove(entry)));
    try {
      const { status, answer } = await sendByParts({
        file: entry.file,
        url: form.dataset.partsUrl,
        token: form.querySelector("[name=csrfmiddlewaretoken]").value,
        choices: choices(answers),
        signal: cancelled.signal,
        onProgress: (share) => (entry.bar.value = Math.round(100 * share)),
        onState: (state) => show(entry, state === "sending" ? "Envoi en cours…" : "Connexion coupée : l’envoi reprendra de lui-même où il s’est arrêté."),
      });
      if (!cancelled.signal.aborted) answered(entry, { status, response: answer });
    } catch {
      if (!cancelled.signal.aborted) retry(entry, "la connexion a été coupée ; l’envoi reprendra où il s’est arrêté.");
    }
  }

  function sendSmall(entry, answers) {
    return new Promise((resolve) => {
      const data = new FormData();
      for (const [name, value] of Object.entries(choices(answers))) data.append(name, value);
      data.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
      data.append(input.name, entry.file);
      const request = new XMLHttpRequest();
      entry.request = request;
      entry.state = "sending";
      entry.bar.hidden = false;
      entry.choice.replaceChildren(button("Annuler l’envoi", `Annuler l’envoi de ${entry.file.name}`, () => remove(entry)));
      show(entry, "Envoi en cours…");
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "application/json");
      request.responseType = "json";
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) entry.bar.value = Math.round((100 * event.loaded) / event.total);
        if (entry.bar.value === 100) show(entry, "Reçu, vérification en cours…");
      });
      request.addEventListener("load", () => resolve(answered(entry, request)));
      request.addEventListener("error", () => resolve(retry(entry, "la connexion a été coupée.")));
      request.addEventListener("abort", () => resolve());
      request.send(data);
    });
  }

  function answered(entry, request) {
    const answer = request.response;
    if (!answer || !answer.accepted) {
      const signedOut = request.responseURL && !request.responseURL.startsWith(form.action.split("?")[0]);
      return retry(entry, signedOut ? "votre session a pris fin : reconnectez-vous dans un autre onglet, puis réessayez." : REASONS[request.status] ?? "le serveur n’a pas pu le recevoir.");
    }
    if (answer.accepted.length) return accept(entry, answer.accepted[0]);
    const refusal = answer.refused[0];
    if (refusal.code === "same_name") return ask(entry);
    return refuse(entry, refusal.reason);
  }

  function accept(entry, accepted) {
    entry.state = "done";
    entry.uuid = accepted.uuid;
    entry.url = accepted.url; // only where the file became a version of a document already there
    entry.bar.hidden = true;
    entry.choice.replaceChildren();
    show(entry, entry.url ? "Déposé : c’est la version en vigueur" : "Déposé", "done");
    say(`${entry.file.name} : déposé.`);
  }

  function refuse(entry, reason) {
    entry.state = "refused";
    entry.bar.hidden = true;
    entry.choice.replaceChildren(button("Ôter de la liste", `Ôter ${entry.file.name} de la liste`, () => remove(entry)));
    show(entry, `Non déposé : ${reason}`, "refused");
    say(`${entry.file.name}, non déposé : ${reason}`);
  }

  function retry(entry, reason) {
    refuse(entry, reason);
    entry.choice.prepend(button("Réessayer", `Réessayer d’envoyer ${entry.file.name}`, () => again(entry)));
  }

  function ask(entry) {
    entry.state = "asking";
    entry.bar.hidden = true;
    const reason = document.createElement("input");
    reason.className = "fr-input";
    reason.maxLength = 500;
    const label = document.createElement("label");
    label.className = "fr-label x-uploads__reason";
    label.append("Si c’est une nouvelle version, ce qui a changé (facultatif)", reason);
    entry.choice.replaceChildren(
      label,
      button("En faire la nouvelle version", `Faire de ${entry.file.name} la nouvelle version`, () => again(entry, { same_name: "version", reason: reason.value })),
      button("Garder les deux", `Garder les deux fichiers ${entry.file.name}`, () => again(entry, { same_name: "keep" })),
      button("Ne pas le déposer", `Ne pas déposer ${entry.file.name}`, () => {
        remove(entry);
        finish();
      }),
    );
    entry.reason = reason;
    show(entry, "Un fichier de ce nom est déjà dans ce dossier.", "refused");
    say(`${entry.file.name} : un fichier de ce nom est déjà dans ce dossier. Choisissez.`);
    offer();
  }

  // One answer for all, where several names are already there.
  function group() {
    const element = document.createElement("div");
    element.className = "x-uploads__together";
    element.hidden = true;
    element.setAttribute("role", "group");
    element.setAttribute("aria-label", "Pour tous ces fichiers");
    const text = document.createElement("p");
    const choice = document.createElement("div");
    choice.className = "x-uploads__choice";
    choice.append(
      button("En faire les nouvelles versions", "", () => settle((entry) => again(entry, { same_name: "version", reason: entry.reason.value }))),
      button("Garder les deux, pour chacun", "", () => settle((entry) => again(entry, { same_name: "keep" }))),
      button("N’en déposer aucun", "", () => settle(drop)),
    );
    element.append(text, choice);
    return { element, text };
  }

  function offer() {
    const { length } = entries.filter((entry) => entry.state === "asking");
    together.element.hidden = length < 2;
    together.text.textContent = `${length} fichiers portent un nom qui est déjà dans ce dossier. Une réponse pour tous, ou une pour chacun ci-dessous :`;
  }

  async function settle(answer) {
    const asking = entries.filter((entry) => entry.state === "asking");
    say(`${asking.length} fichiers : réponse donnée.`);
    for (const entry of asking) await answer(entry);
    finish();
    input.focus();
  }

  async function again(entry, answers) {
    entry.state = "sending";
    offer();
    await send(entry, answers);
    finish();
  }

  function finish() {
    const done = entries.filter((entry) => entry.state === "done");
    if (sending || !done.length) return;
    const added = done.filter((entry) => !entry.url);
    const address = added.length ? `${form.dataset.uploadedUrl}?${added.map((entry) => `d=${entry.uuid}`).join("&")}` : done[0].url;
    if (done.length === entries.length) {
      window.location.assign(address);
      return;
    }
    let link = list.parentElement.querySelector("[data-upload-continue]");
    if (!link) {
      link = document.createElement("a");
      link.className = "fr-btn fr-btn--secondary";
      link.dataset.uploadContinue = "";
      const item = document.createElement("li");
      item.append(link);
      submit.closest("ul").append(item);
    }
    link.href = address;
    link.textContent = done.length > 1 ? `Continuer avec les ${done.length} documents déposés` : "Continuer avec le document déposé";
  }

  function button(text, label, action) {
    const element = document.createElement("button");
    element.type = "button";
    element.className = "fr-btn fr-btn--tertiary fr-btn--sm";
    element.textContent = text;
    if (label) element.setAttribute("aria-label", label);
    element.addEventListener("click", action);
    return element;
  }

  function show(entry, text, kind) {
    entry.text.textContent = text;
    entry.text.className = kind ? `x-uploads__state x-uploads__state--${kind}` : "x-uploads__state";
  }

  function say(text) {
    status.textContent = text;
  }
}

function size(bytes) {
  const units = ["octets", "ko", "Mo", "Go"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toLocaleString("fr-FR", { maximumFractionDigits: unit > 1 ? 1 : 0 })} ${bytes < 2 ? "octet" : units[unit]}`;
}
