// The zone of this device, where nobody has chosen one yet.
const field = document.querySelector("[data-zone]");
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (field.value === "UTC" && [...field.options].some((option) => option.value === here)) field.value = here;
