// What is pasted, Word's pages first of all, as the desk writes: paragraphs, lists, bold, italics, links. The server cleans again.
const KEPT = new Set(["P", "BR", "B", "STRONG", "I", "EM", "A", "UL", "OL", "LI"]);
const DROPPED = "script, style, img, svg, iframe, object, link, meta, title, xml, template, select";
const BLOCKS = "p, ul, ol, li, h1, h2, h3, h4, h5, h6, div, table, tr, blockquote, pre";

// Styles and handlers are put aside before parsing: the page's policy would complain of each.
function parsed(html) {
  const tame = (tag) => tag.replace(/\s(style|on\w+)\s*=/gi, " data-$1=");
  return new DOMParser().parseFromString(html.replace(/<style[\s\S]*?<\/style>/gi, "").replace(/<[^>]*>/g, tame), "text/html");
}

// Word writes a list as paragraphs that begin with a drawn bullet or number.
function lineOfList(paragraph) {
  const mark = [...paragraph.querySelectorAll("span")].find((one) => /mso-list:\s*ignore/i.test(one.dataset.style));
  if (!mark) return;
  const kind = /^\s*\w{1,4}[.)]/.test(mark.textContent) ? "ol" : "ul";
  mark.remove();
  const line = document.createElement("li");
  line.append(...paragraph.childNodes);
  let list = paragraph.previousElementSibling;
  if (!list?.dataset.fromWord || list.localName !== kind) {
    list = document.createElement(kind);
    list.dataset.fromWord = "yes";
    paragraph.before(list);
  }
  list.append(line);
  paragraph.remove();
}

function renamed(element, ...inside) {
  const paragraph = document.createElement("p");
  paragraph.append(...inside);
  element.replaceWith(paragraph);
}

function plainer(element) {
  const { localName, parentElement } = element;
  if (/^h[1-6]$/.test(localName)) {
    const strong = document.createElement("strong");
    strong.append(...element.childNodes);
    renamed(element, strong);
  } else if (localName === "tr") {
    renamed(element, [...element.children].map((cell) => cell.textContent.trim()).join(" | "));
  } else if (localName === "p" && parentElement.localName === "li") {
    element.replaceWith(...element.childNodes);
  } else if (!KEPT.has(element.tagName)) {
    if (element.matches("div, blockquote, pre") && !element.querySelector(BLOCKS)) renamed(element, ...element.childNodes);
    else if (!element.matches("td, th")) element.replaceWith(...element.childNodes);
  } else {
    for (const { name, value } of [...element.attributes]) {
      if (name !== "href" || !/^(https?:|mailto:)/i.test(value)) element.removeAttribute(name);
    }
  }
}

export function tidy(html) {
  const { body } = parsed(html);
  body.querySelectorAll(DROPPED).forEach((one) => one.remove());
  const comments = document.createTreeWalker(body, NodeFilter.SHOW_COMMENT);
  const found = [];
  while (comments.nextNode()) found.push(comments.currentNode);
  found.forEach((one) => one.remove());
  body.querySelectorAll("p").forEach(lineOfList);
  [...body.querySelectorAll("*")].reverse().forEach(plainer);
  body.querySelectorAll("p").forEach((one) => one.textContent.trim() || one.remove());
  return body.innerHTML.trim();
}
