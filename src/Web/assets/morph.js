// Makes a part of a page equal to another, and touches only what differs: focus, selection and scrolling stay where they are.

/** What a reader or a script changes by itself: it is not taken from the other page. */
const own = "noscript, [data-own]";
const ownAttributes = new Set(["open"]);

/** Makes an element, or a text, equal to another. Elements with other names are replaced. */
export function morph(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) {
    old.replaceWith(document.importNode(fresh, true));
  } else if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
  } else if (!old.matches(own)) {
    morphAttributes(old, fresh);
    if (old instanceof HTMLTemplateElement) morphChildren(old.content, fresh.content);
    else morphChildren(old, fresh);
  }
}

function morphAttributes(old, fresh) {
  for (const { name } of [...old.attributes])
    if (!fresh.hasAttribute(name) && !ownAttributes.has(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes)
    if (old.getAttribute(name) !== value && !ownAttributes.has(name)) old.setAttribute(name, value);
}

function morphChildren(old, fresh) {
  const [olds, news] = [[...old.childNodes], [...fresh.childNodes]];
  for (const [i, child] of news.entries()) {
    if (i < olds.length) morph(olds[i], child);
    else old.append(document.importNode(child, true));
  }
  for (const left of olds.slice(news.length)) left.remove();
}
