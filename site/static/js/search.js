// Suggestions on every search box, and what the editors hear of a search. The boxes are plain forms without it.
// The pattern is the editable combobox with a listbox of WAI-ARIA 1.2.

const WAIT = 150;
const SHORTEST = 2;
const REWRITTEN_WITHIN = 60_000;
const HEARD = "search-heard";
const SVG = "http://www.w3.org/2000/svg";

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

// The text with the part that was typed marked, wherever a word of it begins so.
function withTyped(text, typed) {
  const made = element("span", "suggestions__text");
  const low = text.toLocaleLowerCase("da");
  const part = typed.trim().toLocaleLowerCase("da");
  let at = low.indexOf(part);
  while (at > 0 && /[\p{L}\p{N}]/u.test(low[at - 1])) at = low.indexOf(part, at + 1);
  if (!part || at < 0 || low.length !== text.length) {
    made.textContent = text;
    return made;
  }
  made.append(text.slice(0, at), element("mark", "", text.slice(at, at + part.length)), text.slice(at + part.length));
  return made;
}

class Suggestions {
  constructor(form) {
    this.form = form;
    this.input = form.querySelector("input[name=q]");
    this.options = [];
    this.current = -1;
    this.timer = 0;
    this.asking = null;
    this.known = new Map();
    this.build();
    this.listen();
  }

  build() {
    const { input } = this;
    this.popup = element("div", "suggestions");
    this.popup.id = `${input.id}-forslag`;
    this.popup.setAttribute("role", "listbox");
    this.popup.setAttribute("aria-label", this.form.dataset.popup);
    // In the top layer nothing cuts it off, and nothing on the page moves for it.
    this.popup.popover = "manual";
    this.form.append(this.popup);
    // A search field is announced as one and not as a combobox; the keyboard of a phone stays the same.
    input.type = "text";
    input.inputMode = "search";
    input.enterKeyHint = "search";
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", this.popup.id);
  }

  listen() {
    this.input.addEventListener("input", () => this.later());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.close());
    this.form.addEventListener("submit", () => this.close());
    // The focus stays in the box while one points.
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

  later() {
    clearTimeout(this.timer);
    this.asking?.abort();
    if (this.input.value.trim().length < SHORTEST) {
      this.close();
      return;
    }
    this.timer = setTimeout(() => this.ask(), WAIT);
  }

  async ask() {
    const typed = this.input.value;
    const asking = new AbortController();
    this.asking = asking;
    try {
      const groups = this.known.get(typed) ?? (await this.fetched(typed, asking.signal));
      this.known.set(typed, groups);
      if (asking.signal.aborted || document.activeElement !== this.input) return;
      this.show(groups, typed);
    } catch {
      // Without an answer, or with a newer question on its way, the box is a plain one.
      if (!asking.signal.aborted) this.close();
    }
  }

  async fetched(typed, signal) {
    const address = `${this.form.dataset.suggestions}?${new URLSearchParams({ q: typed })}`;
    const answer = await fetch(address, { signal, headers: { Accept: "application/json" } });
    return answer.ok ? (await answer.json()).groups : [];
  }

  show(groups, typed) {
    this.current = -1;
    this.input.removeAttribute("aria-activedescendant");
    this.popup.replaceChildren(...groups.map((group, place) => this.group(group, place, typed)));
    this.options = [...this.popup.querySelectorAll("[role=option]")];
    this.options.forEach((option, place) => {
      option.id = `${this.popup.id}-${place}`;
    });
    this.tell();
    if (!this.options.length) {
      this.close();
      return;
    }
    this.popup.showPopover();
    this.place();
    this.input.setAttribute("aria-expanded", "true");
  }

  group({ label, rows }, place, typed) {
    const group = element("div", "suggestions__group");
    const heading = element("div", "suggestions__label", label || this.form.dataset.words);
    heading.id = `${this.popup.id}-g${place}`;
    group.setAttribute("role", "group");
    group.setAttribute("aria-labelledby", heading.id);
    heading.setAttribute("role", "presentation");
    group.append(heading);
    for (const row of rows) {
      const option = element("div", "suggestions__row");
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.text = row.text;
      if (row.url) option.dataset.url = row.url;
      option.append(icon(row.icon || "i-search"), withTyped(row.text, typed));
      group.append(option);
    }
    return group;
  }

  tell() {
    const number = this.options.length;
    const { none, one, some } = this.form.dataset;
    live.textContent = number === 0 ? none : number === 1 ? one : some.replace("#", number);
  }

  // Below the box, as wide as it, and never out of the window.
  place() {
    const box = this.form.getBoundingClientRect();
    const room = document.documentElement.clientWidth;
    const width = Math.min(Math.max(box.width, 320), room - 16);
    const left = Math.max(8, Math.min(box.left, room - width - 8));
    this.popup.style.insetBlockStart = `${box.bottom + window.scrollY + 4}px`;
    this.popup.style.insetInlineStart = `${left + window.scrollX}px`;
    this.popup.style.inlineSize = `${width}px`;
  }

  close() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.current = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    if (this.isOpen) this.popup.hidePopover();
  }

  key(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowDown" && !this.isOpen && this.input.value.trim().length >= SHORTEST) {
      event.preventDefault();
      this.ask();
      return;
    }
    if (!this.isOpen) return;
    const last = this.options.length - 1;
    const isOn = this.current >= 0;
    if (event.key === "ArrowDown") this.go(this.current === last ? -1 : this.current + 1);
    else if (event.key === "ArrowUp") this.go(isOn ? this.current - 1 : last);
    else if (event.key === "Home" && isOn) this.go(0);
    else if (event.key === "End" && isOn) this.go(last);
    else if (event.key === "Enter" && isOn) this.choose(this.options[this.current]);
    else if (event.key === "Escape") {
      // A menu around the box stays open: this key was for the suggestions.
      event.stopPropagation();
      this.close();
    } else return;
    event.preventDefault();
  }

  // From the last row on there is the box itself, and then the first row again.
  go(place) {
    this.options[this.current]?.setAttribute("aria-selected", "false");
    this.current = place;
    const option = this.options[place];
    if (!option) {
      this.input.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  choose({ dataset }) {
    if (dataset.url) {
      location.assign(dataset.url);
      return;
    }
    this.input.value = dataset.text;
    this.form.requestSubmit();
  }
}

if (HTMLElement.prototype.showPopover) {
  for (const form of document.querySelectorAll("form[data-suggestions]")) new Suggestions(form);
}

// What the editors hear: that something was opened, or that one searched again within a minute without. The token
// stands for the search alone; who asked is in neither.

const shown = document.querySelector("[data-token]");

function recall() {
  try {
    return JSON.parse(sessionStorage.getItem(HEARD));
  } catch {
    return null;
  }
}

function remember(value) {
  try {
    if (value) sessionStorage.setItem(HEARD, JSON.stringify(value));
    else sessionStorage.removeItem(HEARD);
  } catch {
    // storage is switched off: the editors hear a little less
  }
}

function report(address, token, event) {
  fetch(`${address}?${new URLSearchParams({ bevis: token, h: event })}`, { keepalive: true }).catch(() => {});
}

if (shown) {
  const { heard, token } = shown.dataset;
  const text = new URLSearchParams(location.search).get("q");
  const before = recall();
  const isOther = before && before.text !== text;
  if (isOther && Date.now() - before.at < REWRITTEN_WITHIN) report(heard, before.token, "omskrevet");
  // Narrowing is the same search, heard once; who comes back to a page has been on from it.
  const isBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  if (!isBack && (!before || isOther)) remember({ token, text, at: Date.now() });
  let isHeard = false;
  shown.addEventListener("click", ({ target }) => {
    if (isHeard || !target.closest(".entry a[href], .card a[href]")) return;
    isHeard = true;
    report(heard, token, "klik");
    remember(null);
  });
}
