// Photos of an inspection: chosen or taken, sent one after the other, then the page is asked again. What is refused is said beside the button.
(function () {
  function send(button, files) {
    const said = button.parentNode.querySelector('[role=status]');
    let next = Promise.resolve(true);
    button.disabled = true;
    Array.from(files).forEach(function (file) {
      next = next.then(function (good) {
        if (!good) return false;
        said.textContent = file.name;
        return fetch(button.dataset.photo, { method: 'POST', body: file, headers: { 'Content-Type': 'application/octet-stream' } })
          .then(function (answer) { return answer.text().then(function (text) { if (!answer.ok) said.textContent = text; return answer.ok; }); });
      });
    });
    next.then(function (good) { button.disabled = false; if (good) location.reload(); })
      .catch(function () { button.disabled = false; said.textContent = button.dataset.failed; });
  }

  document.addEventListener('click', function (event) {
    const button = event.target.closest && event.target.closest('button[data-photo]');
    if (!button) return;
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = 'image/jpeg,image/png,image/webp';
    input.multiple = true;
    input.addEventListener('change', function () { if (input.files.length) send(button, input.files); });
    input.click();
  });
})();
