// Small helps on pages that work without script. Loaded with <script type="module">.

const wide = window.matchMedia("(min-width: 62rem)");
const CHOSEN = "facet-chosen";

const live = document.createElement("p");
live.className = "visually-hidden";
live.setAttribute("role", "status");
document.body.append(live);

// Storage can be switched off by the reader; the pages do not need it.
function remember(value) {
  try {
    sessionStorage.setItem(CHOSEN, JSON.stringify(value));
  } catch {
    // nothing is lost but the place in the form
  }
}

function recall() {
  try {
    const value = JSON.parse(sessionStorage.getItem(CHOSEN));
    sessionStorage.removeItem(CHOSEN);
    return value;
  } catch {
    return null;
  }
}

// Facets: the panel is open on wide screens, and a choice sends the form.
// After the new page has come, the reader stands at the same box and hears the count.
const panels = document.querySelectorAll(".filters__panel");

function fitPanels() {
  for (const panel of panels) panel.open = wide.matches;
}

function returnToChoice() {
  const chosen = recall();
  if (chosen?.path !== location.pathname) return;
  const box = document.querySelector(
    `form[data-facets] input[name="${CSS.escape(chosen.name)}"][value="${CSS.escape(chosen.value)}"]`,
  );
  if (!box) return;
  const panel = box.closest("details");
  if (panel) panel.open = true;
  box.focus();
  const count = document.querySelector(".resultbar__count");
  if (count) live.textContent = count.textContent;
}

fitPanels();
wide.addEventListener("change", fitPanels);
returnToChoice();

document.addEventListener("change", ({ target }) => {
  const form = target.closest("form[data-facets]");
  if (!form || target.type !== "checkbox") return;
  remember({ path: location.pathname, name: target.name, value: target.value });
  form.requestSubmit();
});

// Menus: Esc closes them and gives the focus back.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details:is(.menu, .membermenu)[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// Copying needs a secure page; elsewhere the button would promise too much.
async function copyAddress(button) {
  const place = button.closest(".share")?.querySelector("[role='status']") ?? live;
  try {
    await navigator.clipboard.writeText(location.href);
    place.textContent = button.dataset.copied ?? "Adressen er kopieret";
  } catch {
    place.textContent = button.dataset.notCopied ?? "Adressen kunne ikke kopieres";
  }
}

if (!navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) button.remove();
}

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-print]")) window.print();
  const copy = target.closest("[data-copy]");
  if (copy) copyAddress(copy);
});
