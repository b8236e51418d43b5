// Thanks without leaving the place, and »Svar« that keeps what is being written. Both are plain forms and links without it.

const live = document.createElement("p");
live.className = "visually-hidden";
live.setAttribute("role", "status");
document.body.append(live);

const form = document.getElementById("post-acts");

async function say(button) {
  const body = new FormData(form);
  body.set(button.name, button.value);
  const answer = await fetch(button.formAction, { method: "POST", body, headers: { Accept: "application/json" } });
  if (!(answer.headers.get("Content-Type") || "").includes("json")) throw new Error(`${answer.status}`);
  return answer.json();
}

function show(button, { number, on }) {
  const count = button.querySelector(".count");
  count.textContent = number;
  count.hidden = number === 0;
  button.value = on ? "0" : "1";
  button.setAttribute("aria-pressed", String(on));
  if (on) button.title = button.dataset.said;
  else button.removeAttribute("title");
  live.textContent = on ? button.dataset.said : button.dataset.unsaid;
}

async function thank(event) {
  const button = event.currentTarget;
  event.preventDefault();
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  try {
    const answer = await say(button);
    if (answer.fault) live.textContent = answer.fault;
    else show(button, answer);
  } catch {
    live.textContent = button.dataset.failed;
  } finally {
    button.removeAttribute("aria-busy");
  }
}

if (form) {
  for (const button of document.querySelectorAll("[data-thanks]")) button.addEventListener("click", thank);
}

// A reply is written below, on the same page: nothing that stands in the field already is lost.
const line = document.querySelector("[data-answered]");
const field = line?.closest("form").querySelector("textarea");

function quoted(post) {
  const text = post.querySelector(".post__body").innerText.trim();
  return `${text.replace(/\n{3,}/g, "\n\n").replace(/^/gm, "> ")}\n\n`;
}

// A quote begins its line, also where something was begun already.
function apart(begun) {
  return !begun || begun.endsWith("\n\n") ? "" : begun.endsWith("\n") ? "\n" : "\n\n";
}

function answer(event) {
  const link = event.currentTarget;
  const post = link.closest(".post");
  const box = line.querySelector("input");
  event.preventDefault();
  line.hidden = false;
  line.querySelector("[data-answered-name]").textContent = post.querySelector(".person b").textContent;
  box.value = link.dataset.answer;
  box.disabled = false;
  box.checked = true;
  if (link.hasAttribute("data-quote")) {
    const begun = apart(field.value.slice(0, field.selectionStart));
    field.setRangeText(begun + quoted(post), field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  field.focus();
  field.closest("form").scrollIntoView({ block: "nearest" });
}

if (field) {
  for (const link of document.querySelectorAll("[data-answer]")) link.addEventListener("click", answer);
}
