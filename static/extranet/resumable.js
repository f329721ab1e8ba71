// Sends one large file by parts (tus 1.0) and goes on where it stopped: after a cut of the network by itself, after the page was
// closed when the same file is chosen again. Nothing of the file is kept here: only the address of its upload.

const PART = 8 * 1024 * 1024;
const PATIENCE = [1, 2, 5, 10, 20, 30, 30, 60]; // seconds between two tries

export const LARGE = 16 * 1024 * 1024; // below, one request is simpler

// → { status, answer }: the answer of the deposit form, as JSON. `onState` hears « sending » and « waiting ». Once `signal` is
// aborted nothing more is sent: what waited is thrown away, here and on the server, and the call rejects with an AbortError.
export async function sendByParts({ file, url, token, choices, onProgress, onState, signal }) {
  const key = `envoi:${url}:${choices.document ?? choices.folder}:${file.name}:${file.size}:${file.lastModified}`;
  let address = localStorage.getItem(key);
  signal.addEventListener("abort", () => {
    localStorage.removeItem(key);
    if (address) forget(address, token);
  });
  let offset = address ? await received(address, signal) : -1;
  signal.throwIfAborted();
  if (offset < 0) {
    const made = await fetch(url, { method: "POST", signal, headers: headers(token, { "Upload-Length": file.size, "Upload-Metadata": words({ filename: file.name, ...choices }) }) });
    if (made.status !== 201) return outcome(made);
    address = made.headers.get("Location");
    if (signal.aborted) forget(address, token); // before anybody knew its address
    signal.throwIfAborted();
    localStorage.setItem(key, address);
    offset = 0;
  }
  let tries = 0;
  for (;;) {
    onState("sending");
    const part = file.slice(offset, offset + PART);
    const extra = { "Upload-Offset": offset, "Upload-Metadata": words(choices), "Content-Type": "application/offset+octet-stream" };
    const sent = await patch(address, part, headers(token, extra), (loaded) => onProgress((offset + loaded) / file.size), signal);
    signal.throwIfAborted();
    if (sent.status === 204) {
      offset = Number(sent.offset);
      tries = 0;
    } else if (sent.answer) {
      if (sent.status !== 409) localStorage.removeItem(key); // 409: its name is taken, the answer will come
      return sent;
    } else if ([403, 404].includes(sent.status) || tries >= PATIENCE.length) {
      return sent;
    } else {
      onState("waiting");
      await pause(PATIENCE[tries]);
      signal.throwIfAborted();
      tries += 1;
      const known = await received(address, signal);
      signal.throwIfAborted();
      if (known >= 0) offset = known;
    }
  }
}

function patch(address, part, head, onProgress, signal) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest(); // fetch tells nothing of what has been sent
    request.open("PATCH", address);
    for (const [name, value] of Object.entries(head)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => onProgress(event.loaded));
    const cut = () => resolve({ status: 0 });
    request.addEventListener("error", cut);
    request.addEventListener("abort", cut);
    signal.addEventListener("abort", () => request.abort());
    request.addEventListener("load", () => resolve({ status: request.status, offset: request.getResponseHeader("Upload-Offset"), answer: json(request.responseText) }));
    request.send(part);
  });
}

// Bytes that the server holds; -1 when it does not know this upload, or does not answer.
async function received(address, signal) {
  try {
    const answer = await fetch(address, { method: "HEAD", signal, headers: { "Tus-Resumable": "1.0.0" } });
    return answer.ok ? Number(answer.headers.get("Upload-Offset") ?? -1) : -1;
  } catch {
    return -1;
  }
}

// Until the server has thrown the upload away, or never heard of it: a cancelled file must not be there to go on with.
async function forget(address, token) {
  for (const seconds of PATIENCE) {
    const answer = await fetch(address, { method: "DELETE", keepalive: true, headers: headers(token) }).catch(() => null);
    if (answer?.ok || [403, 404].includes(answer?.status)) return;
    await pause(seconds);
  }
}

function pause(seconds) {
  return new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
}

async function outcome(response) {
  return { status: response.status, answer: json(await response.text()) };
}

function json(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function headers(token, more = {}) {
  return { "X-CSRFToken": token, "Tus-Resumable": "1.0.0", ...more };
}

function words(values) {
  return Object.entries(values)
    .map(([key, value]) => `${key} ${btoa(String.fromCharCode(...new TextEncoder().encode(value)))}`)
    .join(",");
}
