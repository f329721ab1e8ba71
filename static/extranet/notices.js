// Following an unread notice marks it read: its own form is sent, while the browser goes where the link says. Without this
// script its button does it.
document.addEventListener("click", read);
document.addEventListener("auxclick", read);

function read(event) {
  const link = event.target.closest("a[data-notice]");
  if (!link || event.button > 1) return;
  const form = document.getElementById(`notice-${link.dataset.notice}`);
  const body = new FormData(form);
  body.append("suivi", "1");
  fetch(form.action, { method: "POST", body, keepalive: true });
}
