"""The paths of API v1.0. What is at none of them asks who calls, too."""

from django.urls import re_path

from api.paths import route
from api.v1 import views

urlpatterns = [
    route("expenses", views.ExpensesView),
    route("expense", views.ExpenseCreateView),
    route("expense/<expense_id>", views.ExpenseView),
    route("tags", views.TagsView),
    route("tag", views.TagCreateView),
    route("tag/<tag_id>", views.TagView),
    route("reports", views.ReportsView),
    route("report", views.ReportCreateView),
    route("report/<report_id>", views.ReportView),
    route("user", views.UserView),
    route("users", views.UsersView),
    route("receipts", views.ReceiptsView),
    route("receipt/<receipt_id>", views.ReceiptView),
    route("categories", views.CategoriesView),
    route("category/<category_id>", views.CategoryView),
    route("orgchart/people/<company_id>", views.PeopleView),
    route("people/<company_id>", views.PeopleView),
    route("orgchart/contact", views.ContactCreateView),
    re_path("", views.NothingView.as_view()),
]
