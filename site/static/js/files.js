// Says before anything is sent that a file is too large or that there are too many. The server says the same.

const MEGABYTE = 1024 * 1024;

function fault(field) {
  const large = [...field.files].find((file) => file.size > field.dataset.megabytes * MEGABYTE);
  if (large) return field.dataset.large.replace("%s", large.name);
  return field.files.length > Number(field.dataset.most) ? field.dataset.many : "";
}

document.addEventListener("change", ({ target }) => {
  if (!(target instanceof HTMLInputElement) || target.type !== "file" || !target.dataset.megabytes) return;
  target.setCustomValidity(fault(target));
  target.reportValidity();
});
