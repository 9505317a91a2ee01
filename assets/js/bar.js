// Exact days in the filter bar: native date fields, filled in when the drop-down opens.
(function () {
  const yz = (window.yizhan = window.yizhan || {});

  // Also the second period's form (two.js).
  yz.dateFields = function (form) {
    form.textContent = '';
    field(form, 'from', form.dataset.fromWord, form.dataset.from);
    field(form, 'to', form.dataset.toWord, form.dataset.to);
    const button = document.createElement('button');
    button.type = 'submit';
    button.className = 'btn pri';
    button.textContent = form.dataset.apply;
    form.appendChild(button);
  };

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
    if (form) yz.dateFields(form);
  }, true);

  // The moment to look back to: a day, and a time when that matters. An empty day is now.
  document.addEventListener('toggle', function (event) {
    const form = event.target.open && event.target.querySelector && event.target.querySelector('form[data-act=as-of]');
    if (!form) return;
    form.textContent = '';
    field(form, 'day', form.dataset.dayWord, form.dataset.day);
    form.elements.day.min = form.dataset.first || '2000-01-01';
    form.elements.day.max = form.dataset.last;
    field(form, 'time', form.dataset.timeWord, form.dataset.time);
    Object.assign(form.elements.time, { type: 'time', required: false, min: '', max: '', value: form.dataset.time || '' });
    const button = document.createElement('button');
    button.type = 'submit';
    button.className = 'btn pri';
    button.textContent = form.dataset.apply;
    form.appendChild(button);
    if (form.dataset.on) {
      const back = document.createElement('a');
      back.href = '?';
      back.className = 'btn';
      back.textContent = form.dataset.nowWord;
      back.setAttribute('data-act', 'now');
      form.appendChild(back);
    }
  }, true);

  // The same address as of another moment; '' is now. A page number of the list of then is not one of now.
  function lookBack(moment) {
    const url = new URL(location.href);
    if (moment) url.searchParams.set('as_of', moment);
    else url.searchParams.delete('as_of');
    yz.go(url.pathname + url.search);
  }

  document.addEventListener('submit', function (event) {
    if (event.target.getAttribute('data-act') !== 'as-of') return;
    event.preventDefault();
    const day = event.target.elements.day.value, time = event.target.elements.time.value;
    event.target.closest('details').open = false;
    lookBack(day && time ? day + 'T' + time : day);
  });

  document.addEventListener('click', function (event) {
    if (!(event.target.closest && event.target.closest('[data-act=now]'))) return;
    event.preventDefault();
    lookBack('');
  });

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
