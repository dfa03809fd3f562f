// What makes the page a little nicer; without it everything works.
"use strict";

// <button data-copy="#id">: copies the text of that element. Shown only where that works.
if (navigator.clipboard) {
  document.querySelectorAll("button[data-copy]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const from = document.querySelector(button.dataset.copy);
      await navigator.clipboard.writeText((from.value || from.textContent).trim());
      const words = button.textContent;
      button.textContent = button.dataset.done || words;
      setTimeout(() => { button.textContent = words; }, 2000);
    });
  });
}

// <button data-print>
document.querySelectorAll("button[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});

// A form is sent once: a second press while the home works is not a second deed. One that answers with a file leaves the page
// as it is, and may be sent again.
document.querySelectorAll("form[method=post]:not([data-file])").forEach((form) => {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    form.setAttribute("aria-busy", "true");
  });
});
// The browser's "back" shows the page as it was left.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  });
});

// The field that has to be looked at again.
const wrong = document.querySelector("[aria-invalid=true]");
if (wrong) {
  wrong.focus();
}
