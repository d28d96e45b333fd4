// Puts a figure's alternative text, computed from its numbers, on the figure. Streamlit's own alt= is part of the
// chart's specification: a text that changes with every filter would make the browser rebuild the figure each time
// (measured: 3 times the redraw). So the figure keeps a constant one and this part replaces the words in place.
const MOUNTED = new WeakMap();

export default function ({ data, parentElement }) {
  let state = MOUNTED.get(parentElement);
  if (!state) {
    state = {};
    state.apply = () => {
      const figure = document.querySelector(`.st-key-${state.box} [role='graphics-document']`);
      if (figure && figure.getAttribute("aria-label") !== state.alt) figure.setAttribute("aria-label", state.alt);
    };
    // A new endpoint or theme does rebuild the figure, after this run: watch for it.
    state.watch = new MutationObserver(state.apply);
    MOUNTED.set(parentElement, state);
  }
  state.box = data.box;
  state.alt = data.alt;
  const box = document.querySelector(`.st-key-${data.box}`);
  state.watch.disconnect();
  if (box) state.watch.observe(box, { subtree: true, childList: true, attributeFilter: ["aria-label"] });
  state.apply();
  return () => state.watch.disconnect();
}
