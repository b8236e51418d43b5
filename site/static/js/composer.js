// The composer: what is written is saved on the server, @ and # suggest, the preview comes without a new page, and a
// small toolbar writes Markdown. The form sends, previews and saves without any of it.

const EVERY = 10_000;
const WAIT = 150;
const LONGEST = 60;
const SVG = "http://www.w3.org/2000/svg";
// The sign at the beginning of a word, and what is typed after it.
const POINTER = /(^|[^\p{L}\p{N}@#/&_])([@#])([^\s@#][^\n@#]*)$/u;
const MOST_WORDS = { "@": 4, "#": 8 };

const live = document.createElement("p");
live.className = "visually-hidden";
live.setAttribute("role", "status");
document.body.append(live);

function element(name, classes, text) {
  const made = document.createElement(name);
  if (classes) made.className = classes;
  if (text) made.textContent = text;
  return made;
}

function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#${name}`);
  svg.append(use);
  return svg;
}

// Writes as a hand would, so that it can be undone.
function write(area, from, to, text) {
  area.focus();
  area.setSelectionRange(from, to);
  if (document.execCommand("insertText", false, text)) return;
  area.setRangeText(text, from, to, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

// --- the draft ----------------------------------------------------------------------------------------

class Draft {
  constructor(root, form, area) {
    this.root = root;
    this.form = form;
    this.area = area;
    this.title = form.elements.title;
    this.version = form.elements.draft_version;
    this.told = root.querySelector("[data-saved]");
    this.conflict = root.querySelector("[data-conflict]");
    this.send = root.querySelector("[data-send]");
    this.sendText = root.dataset.sendText;
    this.known = this.words();
    this.timer = 0;
    this.isBusy = false;
    this.listen();
  }

  words() {
    return JSON.stringify([this.title?.value ?? "", this.area.value]);
  }

  get isChanged() {
    return this.words() !== this.known;
  }

  listen() {
    for (const field of [this.area, this.title]) field?.addEventListener("input", () => this.later());
    this.form.addEventListener("keydown", (event) => {
      if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      event.preventDefault();
      if (this.conflict.hidden) this.save();
    });
    document.addEventListener("visibilitychange", () => document.hidden && this.leave());
    window.addEventListener("pagehide", () => this.leave());
    this.root.querySelector("[data-keep]").addEventListener("click", () => this.keep());
    this.root.querySelector("[data-take]").addEventListener("click", () => this.take());
  }

  later() {
    if (!this.timer && this.conflict.hidden) this.timer = setTimeout(() => this.save(), EVERY);
  }

  body(leaving) {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
    body.set("place", this.root.dataset.place);
    body.set("title", this.title?.value ?? "");
    body.set("text", this.area.value);
    body.set("draft_version", this.version.value);
    for (const name of ["form_key", "version"]) {
      if (this.form.elements[name]?.value) body.set(name, this.form.elements[name].value);
    }
    if (leaving) body.set("leaving", "1");
    return body;
  }

  async save() {
    clearTimeout(this.timer);
    this.timer = 0;
    if (this.isBusy) {
      this.later();
      return;
    }
    this.isBusy = true;
    const sent = this.words();
    try {
      const answer = await fetch(this.root.dataset.drafts, {
        method: "POST",
        body: this.body(false),
        headers: { Accept: "application/json" },
      });
      const isTold = answer.headers.get("Content-Type")?.startsWith("application/json");
      const said = isTold ? await answer.json() : {};
      if (answer.ok && isTold) this.saved(said, sent);
      else if (answer.status === 409 && isTold) this.meet(said, sent);
      else this.told.textContent = said.told ?? this.root.dataset.unsaved;
    } catch {
      this.told.textContent = this.root.dataset.unsaved;
    } finally {
      this.isBusy = false;
    }
    if (this.isChanged) this.later();
  }

  saved({ version, saved, notices }, sent) {
    this.version.value = version;
    this.known = sent;
    this.told.textContent = saved;
    this.root.querySelector("[data-throw-away]").hidden = !version;
    this.notice(notices);
  }

  notice(notices) {
    const rows = notices.map((said) => {
      const row = element("p", "notice notice--warn small");
      row.append(icon("i-warn"), element("span", "", said));
      return row;
    });
    this.root.querySelector("[data-notices]").replaceChildren(...rows);
    this.send.textContent = rows.length ? this.root.dataset.anyway : this.sendText;
    if (rows.length) {
      this.send.name = "alligevel";
      this.send.value = "1";
    } else this.send.removeAttribute("name");
  }

  // What another window left is shown – unless it is what this one saved itself while it was being left.
  meet({ version, title, text, saved }, sent) {
    const theirs = JSON.stringify([title, text]);
    if (theirs === this.known || theirs === sent) {
      this.version.value = version;
      if (theirs === sent) this.saved({ version, saved, notices: [] }, sent);
      this.later();
      return;
    }
    this.other = { version, title, text, saved };
    this.root.querySelector("[data-conflict-text]").textContent = [title, text].filter(Boolean).join("\n\n");
    this.told.textContent = "";
    this.conflict.hidden = false;
    this.conflict.setAttribute("role", "alert");
  }

  keep() {
    this.version.value = this.other.version;
    this.conflict.hidden = true;
    this.area.focus();
    this.save();
  }

  take() {
    const { version, title, text, saved } = this.other;
    if (this.title) this.title.value = title;
    this.area.value = text;
    this.conflict.hidden = true;
    this.saved({ version, saved, notices: [] }, this.words());
    this.area.focus();
  }

  // Nobody can be asked any more: the newer text wins, and the server keeps the other beside it.
  leave() {
    if (!this.isChanged) return;
    clearTimeout(this.timer);
    this.timer = 0;
    const sent = this.words();
    fetch(this.root.dataset.drafts, {
      method: "POST",
      body: this.body(true),
      headers: { Accept: "application/json" },
      keepalive: true,
    })
      .then(async (answer) => answer.ok && this.saved(await answer.json(), sent))
      .catch(() => {});
  }
}

// --- what is suggested while one writes ---------------------------------------------------------------

class Pointers {
  constructor(root, area) {
    this.root = root;
    this.area = area;
    this.options = [];
    this.current = -1;
    this.timer = 0;
    this.asking = null;
    this.known = new Map();
    this.build();
    this.listen();
  }

  build() {
    this.popup = element("div", "suggestions");
    this.popup.id = `${this.area.id}-forslag`;
    this.popup.setAttribute("role", "listbox");
    this.popup.setAttribute("aria-label", this.root.dataset.popup);
    this.popup.popover = "manual";
    this.root.append(this.popup);
    // A field of several lines is a text box to those who hear it; what can be chosen is said beside it.
    this.area.setAttribute("aria-autocomplete", "list");
    this.area.setAttribute("aria-haspopup", "listbox");
    this.area.setAttribute("aria-controls", this.popup.id);
    this.mirror = element("div");
    this.mirror.setAttribute("aria-hidden", "true");
  }

  listen() {
    this.area.addEventListener("input", () => this.later());
    this.area.addEventListener("keydown", (event) => this.key(event));
    this.area.addEventListener("blur", () => this.close());
    this.area.addEventListener("click", () => this.close());
    this.popup.addEventListener("pointerdown", (event) => event.preventDefault());
    this.popup.addEventListener("mousedown", (event) => event.preventDefault());
    this.popup.addEventListener("click", ({ target }) => {
      const option = target.closest("[role=option]");
      if (option) this.choose(option);
    });
    window.addEventListener("resize", () => this.isOpen && this.place());
  }

  get isOpen() {
    return this.popup.matches(":popover-open");
  }

  // The sign before the caret and what is typed after it, or null.
  typed() {
    const { selectionStart: at, selectionEnd, value } = this.area;
    if (at !== selectionEnd) return null;
    const found = POINTER.exec(value.slice(Math.max(0, at - LONGEST - 2), at));
    if (!found) return null;
    const [, , sign, text] = found;
    if (text.length > LONGEST || text.trim().split(/\s+/).length > MOST_WORDS[sign]) return null;
    return { sign, text, from: at - text.length, to: at };
  }

  later() {
    clearTimeout(this.timer);
    this.asking?.abort();
    if (!this.typed()) {
      this.close();
      return;
    }
    this.timer = setTimeout(() => this.ask(), WAIT);
  }

  async ask() {
    const typed = this.typed();
    if (!typed) return;
    const asking = new AbortController();
    this.asking = asking;
    const key = typed.sign + typed.text;
    try {
      const rows = this.known.get(key) ?? (await this.fetched(typed, asking.signal));
      this.known.set(key, rows);
      if (asking.signal.aborted || document.activeElement !== this.area) return;
      this.show(rows);
    } catch {
      if (!asking.signal.aborted) this.close();
    }
  }

  async fetched({ sign, text }, signal) {
    const { people, things, thread } = this.root.dataset;
    const asked = new URLSearchParams({ q: text });
    if (sign === "@" && thread) asked.set("traad", thread);
    const answer = await fetch(`${sign === "@" ? people : things}?${asked}`, {
      signal,
      headers: { Accept: "application/json" },
    });
    return answer.ok ? (await answer.json()).rows : [];
  }

  show(rows) {
    const wasOpen = this.isOpen;
    this.current = -1;
    this.area.removeAttribute("aria-activedescendant");
    this.popup.replaceChildren(...rows.map((row, place) => this.option(row, place)));
    this.options = [...this.popup.children];
    if (!rows.length) {
      // Most words are not names: only where something stood there it is said that there is nothing now.
      if (wasOpen) live.textContent = this.root.dataset.none;
      this.close();
      return;
    }
    const { one, some } = this.root.dataset;
    live.textContent = rows.length === 1 ? one : some.replace("#", rows.length);
    this.popup.showPopover();
    this.place();
  }

  option({ text, shown, label, icon: name }, place) {
    const option = element("div", "suggestions__row");
    option.id = `${this.popup.id}-${place}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset.text = text;
    const words = element("span", "suggestions__text");
    words.append(element("b", "", shown ?? text), " ", element("span", "muted small", label));
    option.append(icon(name), words);
    return option;
  }

  // Below the line in which the caret stands, and never out of the window.
  place() {
    const { left, bottom } = this.caret();
    const room = document.documentElement.clientWidth;
    const width = Math.min(368, room - 16);
    this.popup.style.inlineSize = `${width}px`;
    this.popup.style.insetInlineStart = `${Math.max(8, Math.min(left, room - width - 8)) + window.scrollX}px`;
    this.popup.style.insetBlockStart = `${bottom + window.scrollY + 4}px`;
  }

  caret() {
    const style = getComputedStyle(this.area);
    for (const name of ["font", "letterSpacing", "lineHeight", "padding", "border", "boxSizing", "tabSize"]) {
      this.mirror.style[name] = style[name];
    }
    Object.assign(this.mirror.style, {
      position: "absolute",
      visibility: "hidden",
      insetBlockStart: "0",
      insetInlineStart: "-9999px",
      inlineSize: style.width,
      whiteSpace: "pre-wrap",
      overflowWrap: "break-word",
    });
    const mark = element("span", "", "|");
    this.mirror.replaceChildren(this.area.value.slice(0, this.area.selectionStart), mark);
    document.body.append(this.mirror);
    const outer = this.mirror.getBoundingClientRect();
    const inner = mark.getBoundingClientRect();
    this.mirror.remove();
    const box = this.area.getBoundingClientRect();
    const bottom = box.top + inner.bottom - outer.top - this.area.scrollTop;
    return { left: box.left + inner.left - outer.left, bottom: Math.min(bottom, box.bottom) };
  }

  close() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.current = -1;
    this.area.removeAttribute("aria-activedescendant");
    if (this.isOpen) this.popup.hidePopover();
  }

  key(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || !this.isOpen) return;
    const last = this.options.length - 1;
    const isOn = this.current >= 0;
    if (event.key === "ArrowDown") this.go(this.current === last ? -1 : this.current + 1);
    else if (event.key === "ArrowUp") this.go(isOn ? this.current - 1 : last);
    else if ((event.key === "Enter" || event.key === "Tab") && isOn) this.choose(this.options[this.current]);
    else if (event.key === "Escape") {
      event.stopPropagation();
      this.close();
    } else {
      if (event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End") this.close();
      return;
    }
    event.preventDefault();
  }

  go(place) {
    this.options[this.current]?.setAttribute("aria-selected", "false");
    this.current = place;
    const option = this.options[place];
    if (!option) {
      this.area.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.area.setAttribute("aria-activedescendant", option.id);
  }

  choose({ dataset }) {
    const typed = this.typed();
    this.close();
    if (!typed) return;
    write(this.area, typed.from, typed.to, `${dataset.text} `);
    this.close();
  }
}

// --- the toolbar --------------------------------------------------------------------------------------

function around(area, sign) {
  const { selectionStart: from, selectionEnd: to, value } = area;
  write(area, from, to, `${sign}${value.slice(from, to)}${sign}`);
  area.setSelectionRange(from + sign.length, to + sign.length);
}

function before(area, sign) {
  const { selectionStart, selectionEnd, value } = area;
  const from = value.lastIndexOf("\n", selectionStart - 1) + 1;
  const end = value.indexOf("\n", selectionEnd);
  const to = end < 0 ? value.length : end;
  const lines = value.slice(from, to).split("\n");
  write(area, from, to, lines.map((line) => sign + line).join("\n"));
}

const FORMATS = {
  bold: (area) => around(area, "**"),
  italic: (area) => around(area, "*"),
  list: (area) => before(area, "- "),
  quote: (area) => before(area, "> "),
  reference: (area) => {
    const { selectionStart: from, selectionEnd: to, value } = area;
    const isInWord = from > 0 && !/\s/.test(value[from - 1]);
    write(area, from, to, `${isInWord ? " " : ""}#${value.slice(from, to)}`);
  },
};

// --- the preview --------------------------------------------------------------------------------------

async function look(root, form) {
  const place = root.querySelector("[data-preview]");
  const body = new FormData(form);
  body.set("vis", "stykke");
  place.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, { method: "POST", body, redirect: "error" });
    if (answer.status !== 200 && answer.status !== 400) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    place.replaceChildren(...page.body.childNodes);
    place.focus();
  } catch {
    root.querySelector("[data-saved]").textContent = root.dataset.unseen;
  } finally {
    place.removeAttribute("aria-busy");
  }
}

// One stop for the keyboard; arrows go from button to button.
function toolbar(bar, area) {
  const buttons = [...bar.querySelectorAll("[data-format]")];
  const go = (place) => {
    buttons.forEach((button, number) => {
      button.tabIndex = number === place ? 0 : -1;
    });
    return buttons[place];
  };
  go(0);
  bar.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-format]");
    if (!button) return;
    go(buttons.indexOf(button));
    FORMATS[button.dataset.format](area);
  });
  bar.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(event.target);
    const last = buttons.length - 1;
    const places = {
      ArrowRight: at === last ? 0 : at + 1,
      ArrowLeft: at === 0 ? last : at - 1,
      Home: 0,
      End: last,
    };
    if (at < 0 || !(event.key in places)) return;
    event.preventDefault();
    go(places[event.key]).focus();
  });
}

for (const root of document.querySelectorAll("[data-composer]")) {
  const form = root.closest("form");
  const area = form.elements.text;
  new Draft(root, form, area);
  if (HTMLElement.prototype.showPopover) new Pointers(root, area);
  toolbar(root.querySelector("[data-toolbar]"), area);
  root.querySelector("[data-look]").addEventListener("click", (event) => {
    event.preventDefault();
    look(root, form);
  });
}
