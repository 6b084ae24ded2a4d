import { type ComponentChildren, render } from "preact";

/** Prints what is given instead of the page, each child on a paper of its own or as many as fit. */
export function printOut(content: ComponentChildren): void {
  const sheet = document.createElement("div");
  sheet.className = "print-sheet";
  document.body.append(sheet);
  document.body.classList.add("printing");
  render(content, sheet);
  const done = (): void => {
    window.removeEventListener("afterprint", done);
    document.body.classList.remove("printing");
    render(null, sheet);
    sheet.remove();
  };
  window.addEventListener("afterprint", done);
  // The sheet is drawn before the dialog of the browser takes its picture.
  requestAnimationFrame(() => window.print());
}
