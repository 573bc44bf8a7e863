// Runs inside the page (readable.ts hands it over as text), so it is JavaScript: the tests' types know no DOM.

/** [r, g, b, alpha] of a computed colour. */
function parse(text) {
  const [r = 0, g = 0, b = 0, alpha = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
  return [r, g, b, alpha];
}

function over([r, g, b, alpha], [R, G, B]) {
  return [r * alpha + R * (1 - alpha), g * alpha + G * (1 - alpha), b * alpha + B * (1 - alpha), 1];
}

function backgroundOf(element) {
  const layers = [];
  for (let at = element; at !== null; at = at.parentElement) {
    const colour = parse(getComputedStyle(at).backgroundColor);
    if (colour[3] > 0) layers.push(colour);
    if (colour[3] === 1) break;
  }
  return layers.reduceRight((below, layer) => over(layer, below), [255, 255, 255, 1]);
}

/** WCAG 2.2, relative luminance. */
function luminance(colour) {
  const [r, g, b] = colour.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(element) {
  const background = backgroundOf(element);
  const front = luminance(over(parse(getComputedStyle(element).color), background));
  const behind = luminance(background);
  return (Math.max(front, behind) + 0.05) / (Math.min(front, behind) + 0.05);
}

/** Texts below WCAG 2.2 AA (1.4.3: 4.5, and 3 for large text); disabled controls are exempt there. */
function lowContrast() {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = node.textContent.trim();
    if (text === "" || element.closest("svg, :disabled, .visually-hidden, .skip") !== null) continue;
    if (element.getClientRects().length === 0) continue;
    const { fontSize, fontWeight } = getComputedStyle(element);
    const size = Number.parseFloat(fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(fontWeight) >= 700);
    const ratio = contrast(element);
    if (ratio < (large ? 3 : 4.5)) found.push(`${ratio.toFixed(2)} ${text}`);
  }
  return found;
}

/** What can be pressed or filled in and has no name for a screen reader. */
function nameless() {
  return [...document.querySelectorAll("button, a, input, [role=button]")]
    .filter((element) => !element.getAttribute("aria-label") && !element.labels?.length && !element.textContent.trim())
    .map((element) => element.outerHTML.slice(0, 200));
}

/** What reaches beyond the right edge of the screen. */
function beside() {
  return [...document.querySelectorAll("body *")]
    .filter((element) => element.closest("svg, thead, .visually-hidden, .skip") === null)
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
    .map((element) => element.outerHTML.slice(0, 120));
}

({
  lowContrast: lowContrast(),
  nameless: nameless(),
  beside: beside(),
  scrolls: document.documentElement.scrollWidth > innerWidth,
});
