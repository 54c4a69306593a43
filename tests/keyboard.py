"""A keyboard, and nobody who points: what Tab reaches, in which order, and whether one sees where one is."""

from typing import Final

from playwright.sync_api import Locator, Page

MOST: Final = 200
"""How many times anybody would press Tab."""

# Of radio buttons with one name Tab knows one. Each stop is looked at when it is left: the page has settled by then.
_WATCH: Final = """() => {
  const isStop = (part) => !part.disabled && part.tabIndex >= 0 && part.checkVisibility({ visibilityProperty: true })
    && (part.type !== "radio" || part === (part.form.querySelector(`[name="${part.name}"]:checked`)
      ?? part.form.querySelector(`[name="${part.name}"]`)));
  const name = (part) => `${part.localName} "${(part.ariaLabel || part.labels?.[0]?.innerText || part.textContent
    || part.querySelector("img")?.alt || part.name || "").trim().slice(0, 40)}"`;
  // Whatever shows where one is: on the part itself, on its label, or around it.
  const look = (part) => {
    const places = [part, ...(part.labels ?? [])];
    for (let each = part.parentElement; each && places.length < 6; each = each.parentElement) places.push(each);
    return places.map((each) => {
      const { outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor, clipPath } = getComputedStyle(each);
      return [outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor, clipPath];
    }).join("|");
  };
  const isCovered = (part) => {
    const { left, top, width, height } = part.getClientRects()[0];
    if (width < 3 || part.closest("svg")) return false;
    const there = document.elementFromPoint(left + width / 2, top + height / 2);
    return !there || !(part.contains(there) || there.contains(part));
  };
  document.activeElement.blur();
  const parts = document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]");
  const stops = [...parts].filter(isStop);
  const before = new Map(stops.map((part) => [part, look(part)]));
  const passed = [];
  const faults = [];
  const leave = () => {
    const part = document.activeElement;
    if (!before.has(part) || passed.includes(part)) return;
    passed.push(part);
    if (look(part) === before.get(part)) faults.push(`${name(part)} does not show that it has the focus`);
    if (isCovered(part)) faults.push(`${name(part)} is covered while it has the focus`);
  };
  document.addEventListener("keydown", leave, true);
  window.walked = () => {
    document.removeEventListener("keydown", leave, true);
    leave();
    const order = stops.filter((part) => passed.includes(part));
    const first = passed.indexOf(order[0]);
    const turned = [...passed.slice(first), ...passed.slice(0, first)];
    const wrong = turned.findIndex((part, at) => part !== order[at]);
    if (wrong >= 0) faults.push(`${name(turned[wrong])} comes before ${name(order[wrong])}`);
    return [...stops.filter((part) => !passed.includes(part)).map((part) => `${name(part)} is not reached`), ...faults];
  };
  const dates = stops.filter((part) => part.type === "date" || part.type === "datetime-local");
  return stops.length + 8 * dates.length + 3;  // the parts of a date are stops of the browser's, as what scrolls is
}"""
_IS_THERE: Final = "wanted => wanted === document.activeElement"


def barriers(page: Page) -> list[str]:
    """Walk by Tab once around a page, and return what is not reached, or out of order, or does not show the focus."""
    for _ in range(page.evaluate(_WATCH)):
        page.keyboard.press("Tab")
    found: list[str] = page.evaluate("walked()")
    return found


def tab_to(target: Locator) -> None:
    """Press Tab until something has the focus."""
    for _ in range(MOST):
        if target.evaluate(_IS_THERE):
            return
        target.page.keyboard.press("Tab")
    raise AssertionError(target)


def press(target: Locator, key: str = "Enter") -> None:
    """Go to something by Tab, and press a key there."""
    tab_to(target)
    target.page.keyboard.press(key)


def type_into(target: Locator, text: str) -> None:
    """Go to a field by Tab, which selects what it says, and type over it."""
    tab_to(target)
    target.page.keyboard.press("ControlOrMeta+a")
    target.page.keyboard.type(text)
