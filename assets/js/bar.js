// Exact days in the filter bar: native date fields, filled in when the drop-down opens.
(function () {
  const yz = (window.yizhan = window.yizhan || {});

  function field(form, name, word, value) {
    const label = document.createElement('label'), input = document.createElement('input');
    label.textContent = word + ' ';
    input.type = 'date';
    input.name = name;
    input.value = value;
    input.required = true;
    input.min = '2000-01-01';
    input.max = '2099-12-31';
    label.appendChild(input);
    form.appendChild(label);
  }

  document.addEventListener('toggle', function (event) {
    const form = event.target.open && event.target.querySelector && event.target.querySelector('form[data-act=dates]');
    if (!form) return;
    form.textContent = '';
    field(form, 'from', form.dataset.fromWord, form.dataset.from);
    field(form, 'to', form.dataset.toWord, form.dataset.to);
    const button = document.createElement('button');
    button.type = 'submit';
    button.className = 'btn pri';
    button.textContent = form.dataset.apply;
    form.appendChild(button);
  }, true);

  document.addEventListener('submit', function (event) {
    if (event.target.getAttribute('data-act') !== 'dates') return;
    event.preventDefault();
    let from = event.target.elements.from.value, to = event.target.elements.to.value;
    if (!from || !to) return;
    if (to < from) { const x = from; from = to; to = x; }
    const url = new URL(location.href);
    url.searchParams.delete('window');
    url.searchParams.set('from', from);
    url.searchParams.set('to', to);
    event.target.closest('details').open = false;
    yz.go(url.pathname + url.search);
  });
})();
