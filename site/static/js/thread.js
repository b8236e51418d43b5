// A thread that lies open is told of new answers. What is being read is never moved: a line with a link appears.

const FIRST = 15_000;
const LONGEST = 5 * 60_000;
const place = document.querySelector("[data-news]");

let wait = FIRST;
let timer = 0;
let tag = "";

function again(after) {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(ask, after);
}

async function ask() {
  const address = `${place.dataset.news}?efter=${place.dataset.after}`;
  try {
    const answer = await fetch(address, { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
    if (answer.status === 200 && !answer.redirected) {
      place.innerHTML = await answer.text();
      wait = FIRST;
    } else if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) {
      return; // signed out, or no longer let in: the page says so when it is opened again
    } else {
      wait = Math.min(wait * 1.5, LONGEST);
    }
    tag = answer.headers.get("ETag") ?? tag;
  } catch {
    wait = Math.min(wait * 2, LONGEST);
  }
  again(wait);
}

if (place) {
  // A tab that nobody looks at does not ask; the one who comes back is told at once.
  document.addEventListener("visibilitychange", () => {
    wait = FIRST;
    again(500);
  });
  again(wait);
}
