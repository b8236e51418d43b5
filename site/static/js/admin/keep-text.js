// A form of the admin keeps what is written in it when the session ends.
//
// Wagtail saves a draft while it is written. When the session has ended, that fails, and the button »Gem« would send
// the text to the sign-in page, where it is lost. So the form asks first. Signing in anew makes the token of the open
// form void; it is given the new one, and the draft is saved.

(() => {
  const words = document.currentScript.dataset;
  const form = document.querySelector("form[data-edit-form]");
  if (!form) return;

  let waiting = false; // something is written that is not saved, since nobody is signed in
  let asked = false; // the form has just been told that it may be sent

  // Is somebody signed in? Then the form has a token that counts. Returns what stands in the way, or "".
  async function obstacle() {
    try {
      const answer = await fetch(words.ask, { redirect: "manual", cache: "no-store" });
      if (answer.type === "opaqueredirect" || answer.status === 403) return words.signedOut;
      if (!answer.ok) return words.noAnswer;
      renew((await answer.json()).token);
      return "";
    } catch {
      return words.noAnswer;
    }
  }

  function renew(token) {
    for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
    if (window.wagtailConfig) window.wagtailConfig.CSRF_TOKEN = token;
  }

  // Said in Wagtail's own place for it, with the way in beside it.
  function say(text) {
    const detail = { type: "signed_out", text };
    form.dispatchEvent(new CustomEvent("w-autosave:error", { bubbles: true, detail }));
    if (text !== words.signedOut) return;
    const link = document.createElement("a");
    Object.assign(link, { href: words.door, target: "_blank", textContent: words.signIn });
    link.style.color = "inherit"; // Wagtail's own links cannot be read on the dark bar
    const place = [...document.querySelectorAll(".footer__save-warning p")].at(-1);
    place?.append(" ", link);
  }

  function saveNow(again) {
    form.dispatchEvent(new CustomEvent("w-unsaved:add", { bubbles: true, detail: { type: "edits", again } }));
  }

  async function tryAgain() {
    const why = await obstacle();
    waiting = Boolean(why);
    if (why) say(why);
    else saveNow(true);
  }

  document.addEventListener("w-autosave:error", (event) => {
    // Once: where a signed-in editor meets a fault of the server, asking again would go on for ever.
    if (event.detail.type !== "server_error" || event.detail.trigger?.detail?.again) return;
    tryAgain();
  });

  document.addEventListener("visibilitychange", () => {
    if (waiting && document.visibilityState === "visible") tryAgain();
  });

  // Wagtail begins to watch the form two seconds after it is shown, and takes what stands there then as saved.
  let early = false;
  const note = () => (early = true);
  const watched = () => {
    form.removeEventListener("input", note);
    if (early) saveNow(false);
  };
  form.addEventListener("input", note);
  form.addEventListener("w-unsaved:watch-edits", watched, { once: true });

  // A draft on its way to the server comes home with the numbers of its new rows. A form that is sent before that
  // sends the rows without them, and they are there twice: so the form waits, and no draft sets out after it.
  const LONGEST = 10_000;
  let onItsWay = null;
  let leaving = false;

  document.addEventListener("w-autosave:save", (event) => {
    if (leaving) return event.preventDefault();
    onItsWay = new Promise((home) => {
      for (const end of ["success", "error"]) document.addEventListener(`w-autosave:${end}`, home, { once: true });
      setTimeout(home, LONGEST);
    });
  });

  // Before anybody else hears of it: the answer comes later, and then the form is sent anew.
  document.addEventListener(
    "submit",
    async (event) => {
      if (event.target !== form || asked) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      leaving = true;
      await onItsWay;
      const why = await obstacle();
      if (why) {
        leaving = false;
        waiting = true;
        say(why);
        event.submitter?.setAttribute("data-w-progress-loading-value", "false"); // Wagtail says »Gemmer …« on it
      } else {
        send(event.submitter);
      }
    },
    true,
  );

  // The button may be switched off by now, and a button that is off is not sent along: its name goes in a field.
  function send(button) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: button?.name ?? "", value: button?.value ?? "" });
    form.append(field);
    asked = true;
    form.requestSubmit();
    asked = false;
    field.remove();
  }
})();
