"""The paths of the classic API. What is at none of them asks who calls, too."""

from django.urls import re_path

from api.classic import views
from api.paths import route

urlpatterns = [
    route("simple", views.SimpleView),
    route("expense", views.ExpenseCreateView),
    route("expense/<expense_id>", views.ExpenseView),
    route("expenses", views.ExpensesView),
    re_path("", views.NothingView.as_view()),
]
