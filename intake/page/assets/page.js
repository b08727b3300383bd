// Makes the page quicker. Everything works without it.
(function () {
  "use strict";
  var shown = location.pathname + location.search;
  function typing(e) {
    var t = e.target;
    return t.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(t.tagName) && !/^(checkbox|radio|submit|button)$/.test(t.type);
  }
  document.addEventListener("keydown", function (e) {
    if (e.ctrlKey || e.metaKey || e.altKey || e.repeat || typing(e) || document.body.dataset.keys !== "on") return;
    if (!/^[a-z0-9]$/.test(e.key)) return;
    var x = document.querySelector('[data-key="' + e.key + '"]');
    if (!x) return;
    e.preventDefault();
    if (x.tagName === "INPUT") x.focus(); else x.click();
  });
  // A form that is sent in place: the answer's main part is put where this one's is.
  document.addEventListener("submit", function (e) {
    var form = e.target;
    if (!form.hasAttribute("data-quick") || form.dataset.sent || e.submitter && e.submitter.name === "to") return; // that changes the language
    e.preventDefault();
    form.dataset.sent = "yes";
    var body = new URLSearchParams(new FormData(form, e.submitter));
    fetch(form.action, {method: "POST", body: body, credentials: "same-origin"}).then(function (r) {
      return r.text().then(function (text) { put(r, text); });
    }).catch(function () { form.submit(); });
  });
  function put(r, text) {
    var doc = new DOMParser().parseFromString(text, "text/html");
    var fresh = doc.querySelector("main");
    if (!fresh) { location.assign(r.url); return; }
    document.querySelector("main").replaceWith(document.adoptNode(fresh));
    var head = doc.querySelector(".head");
    if (head) document.querySelector(".head").replaceWith(document.adoptNode(head));
    document.title = doc.title;
    if (r.redirected) history.pushState(null, "", r.url);
    shown = location.pathname + location.search;
    scrollTo(0, 0);
    (document.querySelector("#problem, #notice") || document.querySelector("main")).focus();
  }
  // A text that is printed stands as it was typed, and whole.
  addEventListener("beforeprint", function () {
    var from = document.querySelector("textarea.letter"), to = document.querySelector(".onpaper");
    if (from && to) to.textContent = from.value;
  });
  addEventListener("popstate", function () { if (shown !== location.pathname + location.search) location.reload(); });
  // What was done, found or refused is read out, which a status that is there from
  // the beginning is not.
  var at = document.querySelector("#problem") || document.querySelector("#preview, #notice, #found");
  if (at && !location.hash) at.focus({preventScroll: at.id === "found"});
})();
