// The stage of a presentation: one slide over everything else, turned by keys alone. It is a modal dialog, so the browser
// itself puts it on top and keeps the page behind out of reach; nothing of Streamlit's is restyled. Texts are set as
// textContent; drawings come as SVG from which the server took everything but shapes and text.
const MOUNTED = new WeakMap();
const STEPS = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1, Home: -Infinity, End: Infinity };

export default function ({ data, parentElement, setTriggerValue }) {
  let stage = MOUNTED.get(parentElement);
  if (!stage) {
    stage = open(data);
    parentElement.append(stage.dialog);
    stage.dialog.showModal();
    if (navigator.userActivation?.isActive) fullScreen();
    MOUNTED.set(parentElement, stage);
  }
  stage.ask = setTriggerValue;
  return () => {
    if (parentElement.isConnected && stage.dialog.open) return;
    stage.close();
    MOUNTED.delete(parentElement);
  };
}

function open(data) {
  const dialog = document.createElement("dialog");
  const stage = { dialog, at: 0, full: false };
  dialog.className = "stage";
  dialog.tabIndex = -1;
  dialog.dataset.appearance = data.appearance;
  dialog.setAttribute("aria-label", "Presentation. Arrow keys turn, F is full screen, L and D are light and dark, Escape leaves.");

  const show = (i) => {
    stage.at = Math.min(Math.max(i, 0), data.slides.length - 1);
    dialog.replaceChildren(slide(data.slides[stage.at], `${stage.at + 1} / ${data.slides.length}`));
  };
  stage.close = () => {
    document.removeEventListener("keydown", pressed, true);
    document.removeEventListener("fullscreenchange", screenChanged);
    if (document.fullscreenElement) document.exitFullscreen();
    dialog.close();
    dialog.remove();
  };
  const leave = () => {
    stage.close();
    stage.ask("left", stage.at);
  };
  const screenChanged = () => {
    // The browser takes the Escape that ends full screen for itself; F says that it was not meant to leave
    if (stage.full && !document.fullscreenElement) leave();
    else stage.full = Boolean(document.fullscreenElement);
  };
  const pressed = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key in STEPS) show(stage.at + STEPS[key]);
    else if (key === "l" || key === "d") dialog.dataset.appearance = key === "l" ? "light" : "dark";
    else if (key === "f") {
      stage.full = false;
      document.fullscreenElement ? document.exitFullscreen() : fullScreen();
    } else if (key === "Escape") leave();
    event.preventDefault();
    event.stopPropagation();
  };
  document.addEventListener("keydown", pressed, true);
  document.addEventListener("fullscreenchange", screenChanged);
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  show(0);
  return stage;
}

function fullScreen() {
  document.documentElement.requestFullscreen?.().catch(() => {}); // refused: the stage fills the window as it is
}

function slide(shown, place) {
  const section = element("section", "slide");
  section.append(element("h1", "", shown.title), element("p", "said", shown.sentence), drawings(shown.figures));
  const foot = element("p", "foot");
  foot.append(element("span", "", shown.foot), element("span", "at", place));
  section.append(foot);
  return section;
}

function drawings(figures) {
  const both = document.createElement("div");
  both.style.display = "contents";
  for (const [appearance, drawing] of Object.entries(figures)) {
    const figure = element("figure", appearance);
    figure.append(document.importNode(new DOMParser().parseFromString(drawing, "image/svg+xml").documentElement, true));
    both.append(figure);
  }
  return both;
}

function element(name, kind, text = "") {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  made.textContent = text;
  return made;
}
