"use strict";

// Rows of a form's table can be dragged onto the reports beside it: that ticks them, chooses the report and sends the
// form, as a person does who has no mouse.
for (const form of document.querySelectorAll("form[data-drag]")) {
  for (const row of form.querySelectorAll("tbody tr")) {
    row.draggable = true;
    row.addEventListener("dragstart", (event) => {
      const box = row.querySelector("[name=expense]");
      if (!box.checked) {
        // What is dragged alone goes alone, whatever was ticked before.
        for (const other of form.querySelectorAll("[name=expense]")) other.checked = other === box;
      }
      event.dataTransfer.setData("text/plain", row.innerText);
      event.dataTransfer.effectAllowed = "move";
      document.body.classList.add("dragging");
    });
    row.addEventListener("dragend", () => document.body.classList.remove("dragging"));
  }
  for (const target of document.querySelectorAll("[data-drop]")) {
    target.addEventListener("dragover", (event) => {
      if (!document.body.classList.contains("dragging")) return;
      event.preventDefault();
      target.classList.add("over");
    });
    target.addEventListener("dragleave", () => target.classList.remove("over"));
    target.addEventListener("drop", (event) => {
      event.preventDefault();
      form.elements.to.value = target.dataset.drop;
      form.requestSubmit();
    });
  }
}
