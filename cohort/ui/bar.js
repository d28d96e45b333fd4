// The bar as one element: title, chips, counts, tools. One element because each of Streamlit's own costs a redraw
// several milliseconds whether it changed or not. Text is only ever set as textContent, never as markup.
const MOUNTED = new WeakMap();
// Where a letter is a letter: fields of text, lists that are searched by typing, cells of a grid
const WRITES = `input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable=true],
  [role=grid], [data-testid=stDataFrame]`;

export default function ({ data, parentElement, setTriggerValue }) {
  let bar = MOUNTED.get(parentElement);
  if (!bar) {
    bar = build(parentElement);
    MOUNTED.set(parentElement, bar);
  }
  bar.ask = setTriggerValue;
  bar.data = data;
  text(bar.title, data.title);
  chips(bar, data.chips);
  const counts = [data.lead, data.n, ` of ${data.total} patients · `, data.events, ` ${data.noun} (${data.endpoint})`];
  counts.forEach((words, i) => text(bar.counts.children[i], String(words)));
  bar.reset.hidden = !data.chips.length;
  tools(bar, data.tools);
  focus(bar, ...data.focus);
  document.removeEventListener("keydown", bar.typed);
  document.addEventListener("keydown", bar.typed);
  return () => document.removeEventListener("keydown", bar.typed);
}

function element(tag, className) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (tag === "button") made.type = "button";
  return made;
}

function text(place, words) {
  if (place.textContent !== words) place.textContent = words;
}

function build(parent) {
  const bar = { root: element("div", "bar"), shown: "", made: "" };
  const said = element("div", "said");
  bar.title = element("h1");
  bar.chips = element("span", "chips");
  const line = element("span", "line");
  bar.counts = element("span", "counts");
  bar.counts.setAttribute("role", "status"); // a screen reader says the new numbers after each filter
  bar.counts.tabIndex = -1;
  bar.counts.append(...["span", "strong", "span", "strong", "span"].map((tag) => element(tag)));
  bar.reset = element("button", "reset");
  bar.reset.textContent = "Reset";
  bar.reset.addEventListener("click", () => bar.ask("reset", true));
  line.append(bar.counts, bar.reset);
  said.append(bar.title, bar.chips, line);
  bar.tools = element("div", "tools");
  bar.root.append(said, bar.tools);
  parent.append(bar.root);
  bar.typed = (event) => typed(bar, event);
  return bar;
}

function chips(bar, wanted) {
  const shown = JSON.stringify(wanted);
  if (shown === bar.shown) return;
  bar.shown = shown;
  const focused = [...bar.chips.children, bar.reset].indexOf(bar.root.getRootNode().activeElement);
  bar.chips.replaceChildren(
    ...wanted.map((chip) => {
      const button = element("button", "chip");
      button.title = "Remove this filter";
      const cross = element("span", "cross");
      cross.textContent = "✕";
      cross.setAttribute("aria-hidden", "true");
      button.append(document.createTextNode(chip.text), cross);
      button.setAttribute("aria-label", `Remove filter ${chip.text}`);
      button.addEventListener("click", () => bar.ask("drop", chip.name));
      return button;
    }),
  );
  // What had the focus is gone: it goes to the next chip, or to the numbers that changed
  if (focused >= 0) (bar.chips.children[Math.min(focused, wanted.length - 1)] ?? bar.counts).focus();
}

function tools(bar, wanted) {
  const made = JSON.stringify(wanted.map((tool) => tool.code));
  if (made !== bar.made) {
    bar.made = made;
    bar.tools.replaceChildren(
      ...wanted.map((tool) => {
        const button = element("button", "tool");
        const icon = element("span", "icon");
        icon.setAttribute("aria-hidden", "true");
        button.append(icon, element("span"), element("kbd"));
        button.addEventListener("click", () => bar.ask(tool.code, true));
        return button;
      }),
    );
  }
  wanted.forEach((tool, i) => {
    const button = bar.tools.children[i];
    [tool.icon, tool.label, tool.key].forEach((words, j) => text(button.children[j], words));
    button.children[2].setAttribute("aria-hidden", "true");
    if (tool.key) button.setAttribute("aria-keyshortcuts", tool.key);
    button.title = tool.hint;
    button.disabled = tool.off;
  });
}

// A button that is gone has taken the focus along: it goes where the server says, as soon as that is there
function focus(bar, turn, key) {
  const asked = bar.turn !== undefined && turn !== bar.turn;
  bar.turn = turn;
  if (!asked) return;
  const until = performance.now() + 3000;
  const place = () => {
    const found = document.querySelector(`.st-key-${CSS.escape(key)}`)?.querySelector("button:enabled, input");
    if (found) found.focus();
    else if (performance.now() < until) requestAnimationFrame(place);
  };
  place();
}

function typed(bar, event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (!bar.root.isConnected || event.composedPath().some((place) => place.matches?.(WRITES))) return;
  const place = bar.data.tools.findIndex((tool) => tool.key && tool.key.toLowerCase() === event.key.toLowerCase());
  if (place < 0 || bar.data.tools[place].off) return;
  event.preventDefault();
  bar.tools.children[place].click();
}
