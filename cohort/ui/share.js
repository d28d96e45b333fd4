// The complete link in a field anybody can read and select, and a button that copies it. The clipboard is asked first;
// where the browser refuses it (a page without https, an embedded one) the field is selected and copied the old way.
const PARTS = new WeakMap();

export default function ({ data, parentElement }) {
  const part = PARTS.get(parentElement) ?? build(parentElement);
  if (part.field.value !== data.link) {
    part.said.textContent = part.copied ? "The link has changed since you copied it." : data.about;
    part.copied = false;
    part.field.value = data.link;
  }
}

function build(parent) {
  const row = document.createElement("div");
  row.className = "row";
  const field = document.createElement("input");
  field.readOnly = true;
  field.setAttribute("aria-label", "Complete link to this view");
  field.onfocus = () => field.select();
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy link";
  const said = document.createElement("p");
  said.setAttribute("role", "status");
  const part = { field, said, copied: false };
  button.onclick = async () => {
    part.copied = await copy(field);
    said.textContent = part.copied ? "Copied." : "Select the link and copy it.";
  };
  row.append(field, button);
  parent.append(row, said);
  // The menu stands at the end of the document: without this the keyboard would come to it after the whole page
  requestAnimationFrame(() => field.focus());
  PARTS.set(parent, part);
  return part;
}

async function copy(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    field.select();
    return document.execCommand("copy");
  }
}
