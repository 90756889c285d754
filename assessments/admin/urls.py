"""Addresses of the trainers' pages about the whole bank, under those of the CMS."""

from django.urls import path

from assessments.admin import bank

app_name = "question_bank"
urlpatterns = [
    path("holes/", bank.holes, name="holes"),
    path("to-review/", bank.to_review, name="to_review"),
    path("measure/", bank.measure, name="measure"),
]
