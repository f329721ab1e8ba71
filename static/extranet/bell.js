// Keeps the count of unread notices up to date while the page is looked at (notifications/bell.py answers). Without this script
// the count is that of the last page loaded. DSFR copies the header's tools into the mobile menu: every copy is updated.
const EVERY = 90_000;
let mark = "";

async function ask() {
  if (document.hidden) return;
  const bells = document.querySelectorAll("[data-bell]");
  if (!bells.length) return;
  let response;
  try {
    response = await fetch(`${bells[0].dataset.bell}?repere=${encodeURIComponent(mark)}`, {
      headers: { "HX-Request": "true", "X-Background": "1" },
      redirect: "manual",
    });
  } catch {
    return; // no network: the next turn asks again
  }
  if (response.status === 204) return;
  if (response.status !== 200) {
    clearInterval(timer); // signed out
    return;
  }
  const html = await response.text();
  for (const bell of document.querySelectorAll("[data-bell]")) bell.innerHTML = html;
  mark = bells[0].querySelector("[data-mark]")?.dataset.mark ?? "";
}

const timer = setInterval(ask, EVERY);
document.addEventListener("visibilitychange", ask);
