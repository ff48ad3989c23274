import { existsSync } from 'node:fs';

/** Where an installed Chromium lies, or undefined: tests that look at pages skip without one. */
export const chromiumPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

/** In the page: what stands outside its box (text beyond the drawing that it is in), and whatever scrolls sideways. */
export const MISFITS = `(() => {
  const found = [];
  const told = (what, own, box) => found.push(what + ': ' + Math.round(own) + ' in ' + Math.round(box));
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) told('page', root.scrollWidth, root.clientWidth);
  for (const each of document.body.querySelectorAll('*')) {
    if (!(each instanceof SVGElement) && each.clientWidth > 0 && each.scrollWidth > each.clientWidth + 1)
      told(each.tagName + ' ' + each.textContent.slice(0, 60), each.scrollWidth, each.clientWidth);
  }
  for (const text of document.querySelectorAll('svg text')) {
    const [own, box] = [text.getBoundingClientRect(), text.closest('svg').getBoundingClientRect()];
    const inside = own.left >= box.left - 1 && own.right <= box.right + 1 && own.top >= box.top - 1 && own.bottom <= box.bottom + 1;
    if (!inside) told('svg ' + text.textContent.slice(0, 60), own.width, box.width);
  }
  return found;
})()`;
