// SPDX-License-Identifier: MIT
#include "configure_style.hpp"

namespace sluice::plugins::stremio {
namespace {

constexpr std::string_view kStyle = R"css(
:root {
  color-scheme: light dark;
  --text: #1b2430; --muted: #505c6c; --ground: #f3f5f8; --panel: #fff; --field: #fff; --line: #d5dce4;
  --field-line: #7c8898; --accent: #0b62bb; --on-accent: #fff; --fault: #a3220a; --fault-soft: #fdf0ec;
  --good: #17693a; --good-soft: #e9f6ee;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e6ebf1; --muted: #a3afbd; --ground: #12171e; --panel: #1a212b; --field: #12171e; --line: #303b48;
    --field-line: #758396; --accent: #6cb2ff; --on-accent: #0c1520; --fault: #ffab8c; --fault-soft: #35211c;
    --good: #7fd6a0; --good-soft: #17301f;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--ground); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 52rem; margin: 0 auto; padding: 1rem 1rem 3rem; }
h1 { margin: .5rem 0 0; font-size: 1.6rem; line-height: 1.25; overflow-wrap: anywhere; }
h2, summary, section > fieldset > legend { font-size: 1.1rem; font-weight: 600; }
h2 { margin: 0 0 .5rem; }
p { margin: 0; }
a { color: var(--accent); }
section, details, .box {
  margin-top: 1rem; padding: 1rem; background: var(--panel); border: 1px solid var(--line); border-radius: .5rem;
}
fieldset { min-width: 0; margin: 0; padding: 0; border: 0; }
legend { padding: 0; font-weight: 600; }
.row { margin-top: .75rem; padding-top: .75rem; border-top: 1px solid var(--line); position: relative; }
.row > legend { float: left; line-height: 2rem; }
.fields { clear: both; display: grid; grid-template-columns: minmax(0, 1fr); gap: .75rem 1rem; }
@media (min-width: 40rem) {
  .fields { grid-template-columns: repeat(auto-fit, minmax(0, 1fr)); grid-auto-flow: column; }
}
.field { min-width: 0; }
.field + .field { margin-top: .75rem; }
.fields > .field { margin-top: 0; }
label { display: block; margin-bottom: .15rem; font-weight: 500; }
.field > p { margin-top: .15rem; line-height: 1.4; }
.hint { color: var(--muted); font-size: .9rem; overflow-wrap: anywhere; }
.fault { color: var(--fault); font-size: .9rem; font-weight: 500; }
input, select, textarea, button {
  font: inherit; color: inherit; width: 100%; min-height: 2.75rem; padding: .35rem .6rem;
  border: 1px solid var(--field-line); border-radius: .35rem; background: var(--field);
}
textarea { display: block; min-height: 5rem; resize: vertical; }
textarea, .mono { font-family: ui-monospace, monospace; font-size: .95rem; }
[aria-invalid="true"] { border: 2px solid var(--fault); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.tick { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0 .6rem; align-items: start; margin-top: .5rem; }
.tick input { width: 1.25rem; height: 1.25rem; min-height: 0; margin: .15rem 0 0; accent-color: var(--accent); }
.tick .hint, .tick .fault { grid-column: 2; }
button, .button {
  display: inline-block; width: auto; min-height: 2.75rem; padding: .55rem 1.1rem; border: 1px solid var(--field-line);
  border-radius: .35rem; background: transparent; color: var(--accent); font-weight: 600; line-height: 1.5;
  text-decoration: none; cursor: pointer;
}
button:disabled { opacity: .55; cursor: default; }
.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.add { margin-top: .75rem; }
.remove { position: absolute; top: .75rem; right: 0; min-height: 2rem; padding: 0 .6rem; border-color: transparent; }
.box:focus { outline: none; }
summary { cursor: pointer; min-height: 2rem; }
.box.good { background: var(--good-soft); border-color: var(--good); }
.box.bad { background: var(--fault-soft); border-color: var(--fault); }
.bad ul { margin: 0; padding-left: 1.25rem; }
.bad a { color: var(--fault); }
.together { display: flex; flex-wrap: wrap; gap: .5rem; margin: .5rem 0; }
.together > .button { flex: 0 1 auto; text-align: center; }
@media (max-width: 30rem) { .together > .button { flex-grow: 1; } }
.together > input { flex: 1 1 14rem; width: auto; min-width: 0; }
.send { margin-top: 1rem; }
@media (max-width: 30rem) { .send, .add { width: 100%; } }
.away {
  position: absolute; width: 1px; height: 1px; min-height: 0; margin: -1px; padding: 0; overflow: hidden;
  clip-path: inset(50%); border: 0; white-space: nowrap;
}
)css";

constexpr std::string_view kScript = R"js(
'use strict';
(function () {
  var form = document.getElementById('configuration');
  var status = document.getElementById('status');
  function say(text) { status.textContent = text; }
  function rows(list) { return Array.from(document.getElementById(list).children); }

  // Rows are counted through, as the server wants them.
  function count(list) {
    var all = rows(list);
    all.forEach(function (row, index) {
      row.querySelectorAll('*').forEach(function (element) {
        ['id', 'name', 'for', 'aria-describedby'].forEach(function (name) {
          var value = element.getAttribute(name);
          if (value !== null)
            element.setAttribute(name, value.replace(/(stores|indexers)([-[])\d+/g, function (all, list, mark) {
              return list + mark + index;
            }));
        });
      });
      row.querySelector('.number').textContent = index + 1;
      row.querySelector('.remove').hidden = false;
    });
    form.elements[list + '_length'].value = all.length;
    var add = document.getElementById(list + '-add');
    add.disabled = all.length >= Number(add.dataset.max);
  }

  function addTo(list) {
    var row = document.getElementById(list + '-row').content.cloneNode(true);
    document.getElementById(list).appendChild(row);
    count(list);
    var all = rows(list);
    return all[all.length - 1].querySelector('select');
  }

  form.addEventListener('click', function (event) {
    var button = event.target.closest('button');
    if (button === null) return;
    if (button.name === 'more') {
      event.preventDefault();
      addTo(button.value).focus();
      say('A row was added.');
    } else if (button.classList.contains('remove')) {
      var row = button.closest('.row');
      var list = row.parentNode.id;
      var index = rows(list).indexOf(row);
      row.remove();
      if (rows(list).length === 0) addTo(list);
      count(list);
      var left = rows(list);
      left[Math.min(index, left.length - 1)].querySelector('select').focus();
      say('The row was removed.');
    }
  });
  ['stores', 'indexers'].forEach(function (list) {
    if (document.getElementById(list) !== null) count(list);
  });

  var copy = document.getElementById('copy');
  if (copy !== null) {
    var url = document.getElementById('install-url');
    copy.hidden = false;
    copy.addEventListener('click', function () {
      url.select();
      var done = function () { say('The URL was copied.'); copy.textContent = 'Copied'; };
      // There is no clipboard on pages that came without TLS.
      if (navigator.clipboard) navigator.clipboard.writeText(url.value).then(done, function () {});
      else if (document.execCommand('copy')) done();
    });
  }
})();
)js";

}  // namespace

std::string_view ConfigureStyle() { return kStyle; }

std::string_view ConfigureScript() { return kScript; }

}  // namespace sluice::plugins::stremio
