// Demo accounts on the login page: one click fills the form.
document.addEventListener('click', function (event) {
  const button = event.target.closest('button[data-user]');
  if (!button) return;
  const form = document.forms[0];
  form.elements.user.value = button.dataset.user;
  form.elements.password.value = button.dataset.password;
  form.querySelector('button[type=submit]').focus();
});
