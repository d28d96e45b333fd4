// Turns the slides of this file by keys. Without it every slide is there all the same, one under another.
const STEPS = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1, Home: -Infinity, End: Infinity };
const slides = [...document.querySelectorAll(".slide")];
let at = 0;

function show(i) {
  at = Math.min(Math.max(i, 0), slides.length - 1);
  slides.forEach((slide, k) => slide.classList.toggle("now", k === at));
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key in STEPS) show(at + STEPS[key]);
  else if (key === "l" || key === "d") document.body.dataset.appearance = key === "l" ? "light" : "dark";
  else if (key === "f") document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
  else return;
  event.preventDefault();
});

document.body.dataset.appearance = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
document.body.classList.add("turned");
show(0);
