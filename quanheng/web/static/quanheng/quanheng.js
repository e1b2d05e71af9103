/* Conveniences over pages that work without script. Plain, no build, Chromium 80. One block a behaviour, each by delegation,
   so that what htmx swaps in behaves alike. */
(function () {
  "use strict";

  var root = document.documentElement;
  root.classList.add("scripted");

  function one(selector, within) { return (within || document).querySelector(selector); }
  function all(selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); }
  function on(type, selector, act) {
    document.addEventListener(type, function (event) {
      var found = event.target.closest ? event.target.closest(selector) : null;
      if (found) { act(event, found); }
    });
  }
  function word(name, number) {
    var words = document.getElementById("script-words");
    return words ? (words.dataset[name] || "").replace("{n}", number) : "";
  }
  function announce(text) {
    var place = document.getElementById("announcer");
    if (!place || !text) { return; }
    place.textContent = "";
    window.setTimeout(function () { place.textContent = text; }, 50);
  }
  document.addEventListener("htmx:afterSwap", function (event) { announce(event.target.dataset ? event.target.dataset.announce : ""); });
  ["htmx:responseError", "htmx:sendError", "htmx:timeout"].forEach(function (name) {
    document.addEventListener(name, function (event) { tell(event.detail && event.detail.target); });
  });
  function tell(target) {
    if (target && target.id === "drawer") {
      target.textContent = word("failed");
      show(target, true);
    }
    announce(word("failed"));
  }

  /* Menus are <details>: close on a click outside, on Esc, and when another opens. */
  document.addEventListener("click", function (event) {
    all("details.menu[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) { menu.open = false; }
    });
  });
  function closeMenus() {
    return all("details.menu[open]").map(function (menu) {
      menu.open = false;
      one("summary", menu).focus();
    }).length > 0;
  }

  /* What is swapped keeps the folds that the reader opened, and the focus within them. */
  var left = { open: [], focus: "" };
  document.addEventListener("htmx:beforeSwap", function (event) {
    left.open = all("details[id][open]", event.target).map(function (fold) { return fold.id; });
    left.focus = event.target.contains(document.activeElement) ? document.activeElement.id : "";
  });
  document.addEventListener("htmx:afterSwap", function () {
    left.open.forEach(function (id) {
      var fold = document.getElementById(id);
      if (fold) { fold.open = true; }
    });
    var field = left.focus && document.getElementById(left.focus);
    if (field && document.activeElement !== field) { field.focus(); }
    left = { open: [], focus: "" };
  });

  /* Drawer: the evidence link itself is the full page; with script it opens beside, and the URL says so. */
  var opener = null;
  function drawer() { return document.getElementById("drawer"); }
  function show(place, isOpen) {
    place.hidden = !isOpen;
    root.classList.toggle("with-drawer", isOpen);  /* beside it a page has room for one column */
    tellFolds();
  }

  /* What a drawer folds away its link brings back; where nothing is folded the link jumps there. */
  function isShown(link) {
    var place = document.getElementById(link.getAttribute("aria-controls"));
    return Boolean(place && place.offsetParent);
  }
  function tellFolds() {
    all("[data-fold]").forEach(function (link) { link.setAttribute("aria-expanded", String(isShown(link))); });
  }
  on("click", "[data-fold]", function (event, link) {
    if (!root.classList.contains("with-drawer")) { return; }
    event.preventDefault();
    root.classList.toggle(link.dataset.fold);
    tellFolds();
  });
  document.addEventListener("htmx:afterSwap", tellFolds);
  window.addEventListener("resize", tellFolds);
  function withEvidence(path) {
    var url = new URL(window.location.href);
    if (path) { url.searchParams.set("evidence", path); } else { url.searchParams.delete("evidence"); }
    return url.pathname + url.search + url.hash;
  }
  function mark(path) {  /* the value whose evidence is open */
    all("a.ev").forEach(function (link) { link.classList.toggle("is-open", Boolean(path) && link.getAttribute("href") === path); });
  }
  function load(path) {
    mark(path);
    return window.htmx.ajax("GET", path, { target: "#drawer", swap: "innerHTML" }).then(function () {
      var place = drawer();
      show(place, true);
      place.scrollTop = 0;
      place.focus({ preventScroll: true });
      announce(word("opened"));
    });
  }
  function openDrawer(path, from) {
    opener = from || opener;
    history.pushState({ evidence: path }, "", withEvidence(path));
    load(path);
  }
  function shut() {
    var place = drawer();
    if (!place || place.hidden) { return false; }
    show(place, false);
    mark("");
    place.textContent = "";
    if (opener && document.contains(opener)) { opener.focus(); }
    announce(word("closed"));
    return true;
  }
  function closeDrawer() {
    if (!shut()) { return false; }
    history.pushState({}, "", withEvidence(""));
    return true;
  }
  function isPlain(event) { return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey; }
  function own(path) { return path && path.charAt(0) === "/" && path.charAt(1) !== "/" && path.charAt(1) !== "\\"; }

  on("click", "a.ev, a[data-drawer-link]", function (event, link) {
    var path = link.getAttribute("href");
    if (!isPlain(event) || !drawer() || !window.htmx || link.hasAttribute("hx-get") || !own(path)) { return; }
    event.preventDefault();
    openDrawer(path, link.closest("#drawer") ? null : link);
  });
  on("click", "#drawer [data-drawer-close]", function (event) {
    event.preventDefault();
    closeDrawer();
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.target.id === "drawer") { show(event.target, true); }
  });
  window.addEventListener("popstate", function () {
    var path = new URL(window.location.href).searchParams.get("evidence");
    if (own(path) && drawer()) { load(path); } else { shut(); }
  });
  document.addEventListener("DOMContentLoaded", function () {
    var path = new URL(window.location.href).searchParams.get("evidence");
    if (own(path) && drawer() && drawer().hidden && window.htmx) { load(path); }
    var first = one("[data-focus-first]");
    if (first) { first.focus(); }
  });

  /* Selection and batch bar. */
  function boxes(form) { return all("[data-select]", form); }
  function refresh(form) {
    var chosen = boxes(form).filter(function (box) { return box.checked; });
    var bar = one("[data-batch-bar]", form);
    var everything = one("[data-all-pages]", form);
    var page = one("[data-select-page]", form);
    var number = everything && everything.value === "1" ? Number(bar.dataset.total) : chosen.length;
    boxes(form).forEach(function (box) { box.closest("tr").classList.toggle("is-selected", box.checked); });
    if (page) {
      page.checked = chosen.length > 0 && chosen.length === boxes(form).length;
      page.indeterminate = chosen.length > 0 && !page.checked;
    }
    if (!bar) { return; }
    bar.classList.toggle("is-active", number > 0);
    one("[data-batch]", bar).hidden = number === 0;
    one("[data-selected-count]", bar).textContent = number;
    announce(number ? word("selected", number) : "");
  }
  function chooseAll(form, checked, everything) {
    var field = one("[data-all-pages]", form);
    if (field) { field.value = everything ? "1" : ""; }
    boxes(form).forEach(function (box) { box.checked = checked; });
    refresh(form);
  }
  on("change", "[data-select]", function (event, box) {
    var form = box.closest("[data-selection]");
    var field = one("[data-all-pages]", form);
    if (field) { field.value = ""; }
    refresh(form);
  });
  on("change", "[data-select-page]", function (event, box) { chooseAll(box.closest("[data-selection]"), box.checked, false); });
  on("click", "[data-select-all]", function (event, button) { chooseAll(button.closest("[data-selection]"), true, true); });
  on("click", "[data-select-none]", function (event, button) { chooseAll(button.closest("[data-selection]"), false, false); });
  document.addEventListener("DOMContentLoaded", function () { all("[data-selection]").forEach(refresh); });

  /* Search: arrows walk the hits, Enter on the box opens the first, a click outside folds them. */
  on("keydown", "[data-search]", function (event, form) {
    if (event.isComposing || (event.key !== "ArrowDown" && event.key !== "ArrowUp" && event.key !== "Enter")) { return; }
    var stops = [one("input", form)].concat(all("[data-hit]", form));
    var at = stops.indexOf(document.activeElement);
    if (event.key === "Enter") {
      if (at === 0 && stops[1]) { event.preventDefault(); stops[1].click(); }
      return;
    }
    event.preventDefault();
    stops[(at + (event.key === "ArrowDown" ? 1 : stops.length - 1)) % stops.length].focus();
  });
  function foldHits(target) {
    var hits = document.getElementById("search-results");
    if (hits && !(target && target.closest("[data-search]"))) { hits.textContent = ""; }
  }
  document.addEventListener("click", function (event) { foldHits(event.target); });

  /* Unit tree: filter shows matches and their ancestors. */
  on("input", "[data-tree-filter]", function (event, box) {
    var tree = box.closest("[data-tree]");
    var wanted = box.value.trim().toLowerCase();
    var found = 0;
    all(".node", tree).reverse().forEach(function (node) {
      var matches = !wanted || node.dataset.words.toLowerCase().indexOf(wanted) >= 0;
      var below = all(".node", node).some(function (child) { return !child.hidden; });
      var branch = node.querySelector(".branch");
      node.hidden = !matches && !below;
      if (wanted && below && branch) { branch.open = true; }
      found += matches ? 1 : 0;
    });
    one("[data-tree-none]", tree).hidden = found > 0;
  });

  /* Sortable lists (columns): drag, or Alt+arrows. */
  var dragged = null;
  function place(item) {
    var items = Array.prototype.slice.call(item.parentNode.children);
    announce(word("moved", items.indexOf(item) + 1));
  }
  on("dragstart", "[data-sortable] > li", function (event, item) {
    dragged = item;
    item.classList.add("is-dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
  });
  on("dragover", "[data-sortable] > li", function (event, item) {
    if (!dragged || dragged === item || dragged.parentNode !== item.parentNode) { return; }
    event.preventDefault();
    var bounds = item.getBoundingClientRect();
    item.parentNode.insertBefore(dragged, event.clientY < bounds.top + bounds.height / 2 ? item : item.nextSibling);
  });
  document.addEventListener("dragend", function () {
    if (dragged) { dragged.classList.remove("is-dragged"); place(dragged); }
    dragged = null;
  });
  on("keydown", "[data-sortable] > li", function (event, item) {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) { return; }
    var up = event.key === "ArrowUp";
    var other = up ? item.previousElementSibling : item.nextElementSibling;
    event.preventDefault();
    if (!other) { return; }
    item.parentNode.insertBefore(item, up ? other : other.nextSibling);
    (event.target.closest("input") || item).focus();
    place(item);
  });

  /* Leaving with unsaved changes: forms marked data-watch. Closing the window gets the browser's own question. */
  var leaving = null;
  function changed(form) {
    return all("input, select, textarea", form).filter(function (field) {
      if (field.type === "hidden" || field.disabled) { return false; }
      if (field.type === "checkbox" || field.type === "radio") { return field.checked !== field.defaultChecked; }
      if (field.tagName === "SELECT") {
        return all("option", field).some(function (option) { return option.selected !== option.defaultSelected; }) && field.selectedIndex > 0;
      }
      return field.type === "file" ? field.files.length > 0 : field.value !== field.defaultValue;
    }).length;
  }
  function unsaved() {
    return all("form[data-watch]").reduce(function (sum, form) { return sum + (form.dataset.sent ? 0 : changed(form)); }, 0);
  }
  on("submit", "form[data-watch]", function (event, form) { form.dataset.sent = "1"; });
  window.addEventListener("beforeunload", function (event) {
    if (!leaving && unsaved()) { event.preventDefault(); event.returnValue = ""; }
  });
  on("click", "a[href]", function (event, link) {
    var number = unsaved();
    var box = document.getElementById("leaving");
    if (!number || !box || event.defaultPrevented || !isPlain(event) || link.target || link.getAttribute("href").charAt(0) === "#") { return; }
    event.preventDefault();
    one("p", box).textContent = box.dataset.words.replace("{n}", number);
    box.dataset.target = link.href;
    box.hidden = false;
    one("[data-leave-save]", box).focus();
  });
  on("click", "[data-leave-save]", function () {
    var form = all("form[data-watch]").filter(changed)[0];
    document.getElementById("leaving").hidden = true;
    form.requestSubmit();
  });
  on("click", "[data-leave-go]", function () {
    leaving = document.getElementById("leaving").dataset.target;
    window.location.assign(leaving);
  });
  on("click", "[data-leave-stay]", function () { document.getElementById("leaving").hidden = true; });

  /* Files that are too large together are told before they are sent: the server would have to cut the line. */
  on("change", "input[type=file][data-max-bytes]", function (event, field) {
    var size = Array.prototype.reduce.call(field.files, function (sum, file) { return sum + file.size; }, 0);
    field.setCustomValidity(size > Number(field.dataset.maxBytes) ? field.dataset.tooLarge || word("failed") : "");
    field.reportValidity();
  });

  /* Small buttons. */
  on("click", "[data-print]", function () { window.print(); });
  on("click", "[data-fill]", function (event, button) {
    var field = document.getElementById(button.dataset.fill);
    field.value = button.textContent;
    field.focus();
  });
  on("click", "[data-copy]", function (event, button) {
    var field = document.createElement("textarea");
    field.value = button.dataset.copy;
    document.body.appendChild(field);
    field.select();
    document.execCommand("copy");  /* navigator.clipboard is absent on plain http of an intranet */
    field.remove();
    button.focus();
    announce(word("copied"));
  });
  on("click", "[data-keys-close]", function () { document.getElementById("keys").hidden = true; });

  /* End notes of the printed page: one for each dotted value that has something to be told, in reading order. */
  window.addEventListener("beforeprint", function () {
    var notes = one("[data-end-notes]");
    if (!notes) { return; }
    var list = one("ol", notes);
    list.textContent = "";
    all(".ev[data-note]").forEach(function (value) {
      if (!value.dataset.note) { return; }  /* as print.css counts them: one that repeats its value would only fill pages */
      var line = document.createElement("li");
      line.textContent = [value.textContent.trim() || value.getAttribute("aria-label"), value.dataset.note].join(word("colon") || "：");
      list.appendChild(line);
    });
    notes.hidden = list.children.length === 0;
  });

  /* Keyboard. Single letters can be switched off; never while typing or composing. */
  var goes = false;
  function keysOn() { return document.body.dataset.keys !== "off"; }
  function typing(target) {
    return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !/^(checkbox|radio|button|submit)$/.test(target.type);
  }
  function focusRow(step) {
    var rows = all("[data-row]").filter(function (row) { return row.offsetParent !== null; });
    var now = rows.indexOf(one("[data-row].is-focused"));
    var next = rows[Math.min(Math.max(now + step, 0), rows.length - 1)];
    if (!next) { return; }
    rows.forEach(function (row) { row.classList.toggle("is-focused", row === next); });
    var link = one("[data-open], a", next);
    if (link) { link.focus({ preventScroll: true }); }
    next.scrollIntoView({ block: "nearest" });
  }
  function click(selector, within) { var found = one(selector, within); if (found) { found.click(); } return Boolean(found); }
  function row() { return document.activeElement.closest("[data-row]") || one("[data-row].is-focused"); }
  function step(by) {
    var place = drawer();
    if (place && !place.hidden && click(by > 0 ? "[data-next]" : "[data-previous]", place)) { return true; }
    focusRow(by);
    return true;
  }
  var acts = {
    "/": function () { var box = document.getElementById("global-search"); if (box) { box.focus(); box.select(); } return Boolean(box); },
    "g": function () { goes = true; window.setTimeout(function () { goes = false; }, 1500); return true; },
    "j": function () { return step(1); },
    "k": function () { return step(-1); },
    "x": function () { return Boolean(row()) && click("[data-select]", row()); },
    "e": function () {
      var here = document.activeElement;
      if (here.classList.contains("ev")) { here.click(); return true; }
      return click(".ev", row() || one("main"));
    },
    "[": function () { return click("[data-previous-person]"); },
    "]": function () { return click("[data-next-person]"); },
    "p": function () { window.print(); return true; },
    "?": function () { var list = document.getElementById("keys"); if (list) { list.hidden = !list.hidden; if (!list.hidden) { list.focus(); } } return true; }
  };
  function escape() {
    var shown = all("#keys, #leaving").filter(function (box) { return !box.hidden; })[0];
    if (shown) { shown.hidden = true; return; }
    if (document.getElementById("search-results") && document.getElementById("search-results").firstChild) { foldHits(null); return; }
    if (!closeMenus()) { closeDrawer(); }
  }
  document.addEventListener("keydown", function (event) {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) { return; }
    if (event.key === "Escape") { escape(); return; }
    if (event.key === "Enter" && event.ctrlKey) {
      var form = event.target.closest("form") || one("form[data-watch]");
      if (form) { event.preventDefault(); form.requestSubmit(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || !keysOn()) { return; }
    if (goes && /^[1-7]$/.test(event.key)) {
      goes = false;
      var entry = all(".entries a")[Number(event.key) - 1];
      if (entry) { entry.click(); }
      return;
    }
    var act = acts[event.key];
    if (act && act()) { event.preventDefault(); }
  });
  on("focusin", "[data-row]", function (event, found) {
    all("[data-row].is-focused").forEach(function (each) { each.classList.toggle("is-focused", each === found); });
    found.classList.add("is-focused");
  });
  /* A click on a row opens it, but not on its links and boxes. */
  on("click", "tr[data-row]", function (event, found) {
    if (event.target.closest("a, button, input, label, summary") || window.getSelection().toString()) { return; }
    click("[data-open]", found);
  });
}());
