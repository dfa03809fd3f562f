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

// <button data-scan="#id">: reads a code with the camera into that field. Only where the browser knows how, which is over https.
const scan = document.querySelector("button[data-scan]");
if (scan && window.BarcodeDetector && navigator.mediaDevices) {
  const field = document.querySelector(scan.dataset.scan);
  const video = document.getElementById("scan");
  const problem = document.getElementById("scan-problem");
  const words = scan.textContent;
  let on = false;
  const stop = () => {
    on = false;
    video.srcObject?.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
    video.hidden = true;
    scan.textContent = words;
  };
  const start = async () => {
    video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    if (!on) {
      stop();
      return;
    }
    video.hidden = false;
    scan.textContent = scan.dataset.stop;
    await video.play();
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    while (on) {
      const codes = await detector.detect(video);
      const link = codes.map((code) => code.rawValue).find((text) => /^tox:/i.test(text));
      if (link && on) {
        stop();
        field.value = link;
        field.focus();
      }
      await new Promise((later) => setTimeout(later, 200));
    }
  };
  scan.addEventListener("click", () => {
    problem.hidden = true;
    if (on) {
      stop();
      return;
    }
    on = true;
    start().catch(() => {
      // Stopped by its owner it has nothing to complain of.
      problem.hidden = !on;
      stop();
    });
  });
  window.addEventListener("pagehide", stop);
  BarcodeDetector.getSupportedFormats().then((formats) => {
    scan.hidden = !formats.includes("qr_code");
  });
}

// Makes `old` look like `fresh` and leaves alone what is the same: what has the focus keeps it, what was opened stays open.
function become(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) {
    old.replaceWith(fresh);
  } else if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== fresh.nodeValue) {
      old.nodeValue = fresh.nodeValue;
    }
  } else {
    for (const { name } of [...old.attributes]) {
      if (!fresh.hasAttribute(name) && !(name === "open" && old.nodeName === "DETAILS")) {
        old.removeAttribute(name);
      }
    }
    for (const { name, value } of fresh.attributes) {
      if (old.getAttribute(name) !== value) {
        old.setAttribute(name, value);
      }
    }
    fill(old, fresh);
  }
}
// What has a key stays what it is, wherever it comes to stand: nothing becomes another letter's under somebody's finger.
function fill(old, fresh) {
  const after = [...fresh.childNodes];
  const keys = new Set(after.map((node) => node.dataset?.key).filter(Boolean));
  const known = new Map([...old.children].filter((child) => child.dataset.key).map((child) => [child.dataset.key, child]));
  let at = old.firstChild;
  const skip = (node) => {
    const next = node.nextSibling;
    node.remove();
    return next;
  };
  for (const node of after) {
    const same = known.get(node.dataset?.key);
    while (at && at !== same && (same || at.dataset?.key) && !keys.has(at.dataset?.key)) {
      at = skip(at);
    }
    if (same) {
      if (at === same) {
        at = same.nextSibling;
      } else {
        old.insertBefore(same, at);
      }
      become(same, node);
    } else if (at && !at.dataset?.key && !node.dataset?.key) {
      const next = at.nextSibling;
      become(at, node);
      at = next;
    } else {
      old.insertBefore(node, at);
    }
  }
  while (at) {
    at = skip(at);
  }
}

// <section data-live="NAME">: the event NAME of the home's stream (data-events, if it is not that of the first page) has its
// content. Only while somebody looks.
const live = document.querySelectorAll("[data-live]");
if (live.length && window.EventSource) {
  let stream;
  let later;
  const words = document.querySelector("[data-live-words]");
  const close = () => {
    clearTimeout(later);
    stream?.close();
    stream = undefined;
  };
  const open = () => {
    close();
    stream = new EventSource(live[0].dataset.events || "/events");
    live.forEach((place) => {
      stream.addEventListener(place.dataset.live, (event) => {
        const fresh = document.createElement("template");
        fresh.innerHTML = event.data;
        fill(place, fresh.content);
      });
    });
    stream.addEventListener("open", () => {
      if (words) {
        words.textContent = words.dataset.liveWords;
      }
    });
    // Logged out elsewhere: the page says so itself.
    stream.addEventListener("gone", () => {
      close();
      location.reload();
    });
    stream.addEventListener("error", () => {
      // By itself it comes again only after a break, not when it was refused.
      if (stream?.readyState === EventSource.CLOSED) {
        close();
        later = setTimeout(open, 30000);
      }
    });
  };
  const look = () => (document.hidden ? close() : open());
  document.addEventListener("visibilitychange", look);
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => event.persisted && look());
  look();
}
